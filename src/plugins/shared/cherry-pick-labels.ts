// The two labels of picks for release branches: one lets them merge, the other keeps them from it.

export const cherryPickApproved = 'cherry-pick-approved'
export const cherryPickNotApproved = 'do-not-merge/cherry-pick-not-approved'
