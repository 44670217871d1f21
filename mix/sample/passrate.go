package sample

// PassRate is the feature that says which part of an instance's rollouts
// succeeded, those among them that no mix takes.
const PassRate = "pass_rate"

// passRate keeps the instances whose rate lies in [from, to]: neither those that
// every rollout solves nor those that one in fifty does. An instance that is not
// known has no rate and stays out.
func passRate(v *View, rows []int, a Args) []int {
	return where(rows, func(i int) bool {
		rate := v.value(PassRate, i)
		return rate >= a.From && rate <= a.To
	})
}
