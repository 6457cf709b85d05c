// Who people are to organisations, repositories and teams, on every code host.
import { expect } from 'vitest'
import { at, bobsAddress, bot, team } from './cast.ts'
import { onEveryHost } from './stage.ts'

onEveryHost('accounts', (play) => {
  play('the bot knows itself', async ({ host }) => {
    expect(await host.bot()).toEqual({ login: bot, email: expect.any(String), isApp: false })
    expect(await host.isBot(bot)).toBe(true)
    expect(await host.isBot('bob')).toBe(false)
  })

  play('members', async ({ host }) => {
    expect([...(await host.orgMembers(at.org))].sort()).toEqual(['alice', 'bob', bot])
    expect(await host.isMember(at.org, 'BOB')).toBe(true)
    expect(await host.isMember(at.org, 'casey')).toBe(false)
    expect(await host.isMember(at.org, 'nobody-of-that-name')).toBe(false)
    expect(await host.isMember('bob', 'bob')).toBe(true)
  })

  play('collaborators', async ({ host }) => {
    expect([...(await host.collaborators(at))].sort()).toEqual(['alice', 'bob', bot])
    expect(await host.isCollaborator(at, 'Bob')).toBe(true)
    expect(await host.isCollaborator(at, 'casey')).toBe(false)
    expect(await host.isCollaborator({ org: 'casey', repo: at.repo }, 'casey')).toBe(true)
    await expect(host.collaborators({ ...at, repo: 'none' })).rejects.toMatchObject({ kind: 'not-found' })
  })

  play('permissions', async ({ host }) => {
    expect(await host.permission(at, 'alice')).toBe('admin')
    expect(await host.permission(at, 'BOB')).toBe('write')
    expect(await host.permission(at, 'casey')).toBe('read')
    expect(await host.permission(at, 'nobody-of-that-name')).toBe('none')
  })

  play('teams by name and slug', async ({ host }) => {
    expect(await host.teams(at.org)).toEqual([{ id: expect.any(Number), ...team }])
    expect(await host.teamMembers(at.org, team.name)).toEqual(['bob'])
    expect(await host.teamMembers(at.org, team.slug)).toBeUndefined()
    expect(await host.teamMembersBySlug(at.org, team.slug)).toEqual(['bob'])
    expect(await host.teamMembersBySlug(at.org, 'none')).toBeUndefined()
    expect(await host.isTeamMember(at.org, team.slug, 'BOB')).toBe(true)
    expect(await host.isTeamMember(at.org, team.slug, 'alice')).toBe(false)
    expect(await host.isTeamMember(at.org, 'none', 'bob')).toBe(false)
  })

  play('who is busy, and who has an address', async ({ host, setBusy }) => {
    expect(await host.isBusy(at.org, 'bob')).toBe(false)
    await setBusy('bob')
    expect(await host.isBusy(at.org, 'bob')).toBe(true)
    expect(await host.isBusy(at.org, 'nobody-of-that-name')).toBe(false)
    expect(await host.loginsByEmail(at.org, bobsAddress)).toEqual(['bob'])
    expect(await host.loginsByEmail(at.org, 'nobody@nowhere.example')).toEqual([])
  })
})
