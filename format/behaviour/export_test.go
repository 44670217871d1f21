package behaviour

// What tests look at from outside.
var (
	Activities = activities
	HasSecret  = hasSecret
)

// CallFailed judges what answered a call, of a test run or not.
func CallFailed(result string, tests bool) bool {
	return callFailed(Action{result: result, answered: true, Effect: Effect{tests: tests}})
}

var Commonest = commonest
