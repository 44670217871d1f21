// Package loss says which of the assistant's turns a student learns from: one
// file per policy, all of them in [Policies]. A policy looks at a trajectory whose
// edits are made and only takes turns out of the loss. It changes no word, and
// puts nothing back that a record keeps out. Each turn that is taken out is
// counted, under the first policy that takes it.
//
// It is no part of package edit: edits change what a row says and stand in an
// order, while policies are asked all at once about what the edits have left.
package loss
