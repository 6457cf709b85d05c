// Plugins of upstream that can do nothing any more, wherever they run. Configurations may still enable them.

const noBoards = 'GitHub has shut down classic projects and their API; use the built-in workflows of GitHub Projects'

/** Names, and why they do nothing. */
export const retired: Readonly<Record<string, string>> = {
  golint: 'golint was frozen and archived by its authors; run a linter such as golangci-lint in a presubmit',
  project: noBoards,
  'project-manager': noBoards,
}
