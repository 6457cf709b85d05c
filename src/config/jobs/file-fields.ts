// What a file of jobs may hold.
import { anything, type Fields, list, mapOf, object } from '../collections.ts'
import { flag } from '../fields.ts'
import { periodicFields, postsubmitFields, presetFields, presubmitFields } from './fields.ts'

const elsewhere: Fields = {
  presets: list(presetFields, { about: 'Parts of Pods that jobs get by their labels.' }),
  presubmits: mapOf(list(presubmitFields, { about: '' }), { about: 'Jobs for changes, by org/repo.' }),
  postsubmits: mapOf(list(postsubmitFields, { about: '' }), { about: 'Jobs for what was merged, by org/repo.' }),
  periodics: list(periodicFields, { about: 'Jobs by the clock.' }),
  prow_ignored: anything({ about: 'Not read; a place for anchors.' }),
}

/** Groups of jobs, which stand in files of jobs and in the main file. */
export const jobFileFields = {
  elsewhere,
  /** A whole file. */
  file: object(
    { decorate_all_jobs: flag({ about: 'Has an effect in the main file only.' }) },
    { about: 'Jobs and presets.', elsewhere },
  ),
}

/** A file .prow.yaml, or one below .prow/: its jobs are those of its repository. */
export const inRepoFields = object(
  {},
  {
    about: 'Jobs of this repository.',
    elsewhere: {
      presets: list(presetFields, { about: 'Parts of Pods that jobs get by their labels.' }),
      presubmits: list(presubmitFields, { about: 'Jobs for changes.' }),
      postsubmits: list(postsubmitFields, { about: 'Jobs for what was merged.' }),
      prow_ignored: anything({ about: 'Not read; a place for anchors.' }),
    },
  },
)
