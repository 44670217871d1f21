// Package yard is what trainyard does, as functions that return values: the
// command line prints them, and any other face may show them its own way.
//
// In comes a [Yard], which says where one user's things lie on this machine,
// and a request in the words of a recipe. Out come values with JSON tags: the
// same that --json prints.
//
// The words: a recipe is prepared into a dataset ([Yard.Prepare]); a launch is
// planned ([Yard.Plan]) and started ([Yard.Start]), and what it would cost is
// estimated ([Yard.Estimate]); recipes and datasets are compared ([Yard.Diff]); runs are listed, looked at,
// followed and stopped; what a recipe can name is listed ([Lists]), and one is
// shown with the origin of each value ([Yard.Show]).
//
// The promise: nothing here prints, reads the command line or ends the
// program, and a dry run writes nothing at all. Every function may be called
// again and again in one process. What takes long has a context, and tells how
// far it is to a function of the caller's.
package yard
