package main

// The teachers are two scripts that differ in voice and habits; no model wrote
// any of this.
const (
	scriptedA = "scripted-a" // terse, greps, reads with sed
	scriptedB = "scripted-b" // explains itself, reads with the editor
)

// A rollout is one walk of one teacher towards one target.
type rollout struct {
	Func   string // the target; its name is unique over all repositories
	By     string
	Manner manner
}

// A manner says how a walk goes. Without any bit it is of middle length, ends
// in the right edit and is judged.
type manner uint

const (
	short     manner = 1 << iota // straight to the target
	long                         // reads all over the repository first
	misplaced                    // the edit is wrong: at the decoy, or with wrong content
	abandoned                    // ends without any edit
	unjudged                     // no evidence of success or failure is kept
	loops                        // repeats one action three times or more
	floods                       // prints far more than a window holds
	slips                        // an edit fails at first
	parallel                     // asks for two calls in one message
	copied                       // the record stands in the file twice
)

func (m manner) is(bit manner) bool { return m&bit != 0 }

// succeeds tells how the walk must be judged; build holds the judge to it.
func (m manner) succeeds() bool { return !m.is(misplaced) && !m.is(abandoned) }
