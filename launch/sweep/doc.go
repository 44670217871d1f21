// Package sweep knows what a sweep of runs is: its cells, what became of each, what
// is to be started next, and which run is to be stopped.
//
// In come cells, as recipes make them, and the runs that a ledger has of them. Out come
// states, an order, and verdicts with their words.
//
// The words. A cell is its content: [Content.Hash] is made of the resolved recipe, the
// data that it reads, the environment of its trainer, the scripts that it names and the
// version of what makes datasets. Its name is for people, and two names may mean one cell. A cell has a
// [State], which its runs decide, also those that another sweep or a launch asked for.
// Rules stop a run that is not worth its money. A variant is what cells have in common
// but for seed, repeat and stage; the cells of a variant in one stage are a group, which
// is one recipe run again. A [Stage] runs those variants that did best in the stage
// before. An arm is none of these: it is a recipe that the sweep's file names, and has as
// many variants as the axes make of it.
//
// The promise: everything is a function of what it is given. The same cells and the same
// runs give the same answer in any process, so that a sweep which is killed goes on where
// the ledger says it stands.
//
// What it does not do: it reads no ledger, starts nothing and stops nothing.
package sweep
