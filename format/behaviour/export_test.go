package behaviour

// What tests look at from outside.
var (
	Activities = activities
	HasSecret  = hasSecret
)
