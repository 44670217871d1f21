// Package stats says whether two judged runs differ, and by how much.
//
// In comes a [Run]: what each instance of a benchmark scored, by the instance's
// name. A score is 0 or 1 where a benchmark gives verdicts, and any finite number
// otherwise (a loss, a share of tests). Out comes an [Estimate]: a value, its
// interval, the number of instances, the method, and one sentence for people. A
// [Test] is an Estimate with a probability beside it; there is no probability
// without an estimate. A difference of cells has the probability of its interval. What
// makes a comparison doubtful is a [Warning], a value.
//
// The words. A cell is one recipe; its runs differ by the seed alone. Two runs
// are paired when both judged the same instance. An instance is won when the
// second run solved it and the first did not, and lost the other way round, so a
// difference is always second minus first. Two runs are discordant on an instance
// that was won or lost. A point is a hundredth of a rate. The noise floor is the
// standard deviation between runs of one cell. A difference is separable when its
// interval leaves out zero and its probability, corrected for all tests that are told
// together, is below 1 - level: 0.05 beside intervals of 95 % ([Separable]). The method
// of an interval and of a probability stands beside it.
//
// The promise: the same input gives the same output, in any order of instances,
// for any order of seeds, with any number of runs beside. Random draws come from
// generators seeded by [Options] and are integers, the same on every platform;
// logarithms and roots may differ between processors in their last bits. A score
// that is not a number is refused, and so is an empty comparison. Figures equal
// those of scipy and statsmodels (testdata/reference.py) to 1e-9.
// A bound is a possible value: rates lie between 0 and 1, their differences between -1
// and 1. Where seeds or instances are too few for an interval to tell anything, the
// estimate says so. An interval leaves zero out only where the test beside it does.
//
// What it does not do: it reads no file, knows no benchmark, and does not say
// which run is the better one to keep.
package stats
