// Package preflight says what would go wrong with a run, before a GPU is paid for.
//
// In comes a launch.Job and the [Facts] of where it would run. Out comes a list of
// [Finding], one for each thing that was looked at: ok, warning or refusal, each
// with words, and for a refusal the way out.
//
// The promise: everything but [ModelOf] and [Look] is pure. What is not known is
// said to be unknown, and never taken for in order. A secret is looked for by its
// name alone.
//
// What it does not do: it asks no hub, no provider and no machine; the figures of
// memory are those of launch/estimate, which says what they rest on.
package preflight
