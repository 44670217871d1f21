package report

import "trainyard/format/behaviour"

// Figures of "Hybrid-Gym: Training Coding Agents to Generalize Across Tasks"
// (arXiv 2602.16819), to hold a mix against. Its labels are a model's, ours
// follow rules, so they compare in direction, not to the point.

// A published dataset of its dataset table. What the paper calls agent steps is
// the mean number of messages: its convert_data.py averages len(messages).
type published struct {
	name         string
	trajectories int64
	repos        int64
	messages     float64
	images       int64
	cents        float64 // -1 is unknown
}

var publishedDatasets = []published{
	{"SWE-Gym", 491, 11, 40.2, 2400, -1},
	{"R2E-Gym", 3321, 10, 33.2, 4500, -1},
	{"SWE-smith", 5016, 128, 26.7, 128, 2.32},
	{"SWE-Play", 704, 28, 72.9, 28, -1},
	{"Hybrid-Gym", 4470, 762, 39.1, 2, 0.07},
}

// A publishedTask is a column of its tables of what agents do: four tasks to
// train on, and three benchmarks.
type publishedTask struct {
	name       string
	activities map[behaviour.Activity]float64 // % of steps
	lookups    map[string]float64             // % of the steps that explore, by command
	calls      []float64                      // a trajectory: bash, view, str_replace; nil is not told
}

var publishedTasks = []publishedTask{
	task("func_localize", [5]float64{1.6, 77.9, 0.1, 17.4, 3.0}, [4]float64{31.3, 17.5, 21.9, 6.6}, 5.55, 4.43, 1.16),
	task("issue_localize", [5]float64{9.3, 66.2, 0.3, 23.9, 0.3}, [4]float64{36.1, 11.1, 31.5, 2.3}, 9.37, 7.76, 5.15),
	task("dep_search", [5]float64{6.3, 55.5, 0.1, 35.3, 2.8}, [4]float64{48.4, 21.4, 2.0, 3.7}, 1.78, 3.12, 1.89),
	task("func_gen", [5]float64{0.9, 44.6, 0.2, 45.3, 9.0}, [4]float64{89.9, 8.7, 0, 0}, 0.53, 1.75, 1.47),
	task("SWE-bench", [5]float64{6.0, 49.1, 4.7, 12.7, 27.6}, [4]float64{35.4, 16.2, 26.7, 2.4}),
	task("SWT-bench", [5]float64{11.4, 40.3, 6.3, 16.2, 25.9}, [4]float64{37.4, 21.5, 0, 12.4}),
	task("Commit-0", [5]float64{1.3, 27.3, 3.7, 53.8, 10.9}, [4]float64{5.3, 31.6, 5.3, 36.8}),
}

// lookupWords are the commands that the paper counts, in its order.
var lookupWords = []string{"grep", "find", "cd", "ls"}

func task(name string, shares [5]float64, words [4]float64, calls ...float64) publishedTask {
	t := publishedTask{name: name, calls: calls, lookups: map[string]float64{}}
	t.activities = map[behaviour.Activity]float64{
		behaviour.Reasoning: shares[0], behaviour.Exploration: shares[1], behaviour.Execution: shares[2],
		behaviour.Implementation: shares[3], behaviour.Verification: shares[4],
	}
	for i, word := range lookupWords {
		t.lookups[word] = words[i]
	}
	return t
}

// publishedNonLoops are its rates of trajectories without a loop on SWE-bench
// Verified, %, of agents trained on each.
const publishedNonLoops = "The paper counts, on SWE-bench Verified, 70.6 % of trajectories without a loop for the base model of 32B, 76.2 to 79.0 % after SWE-Gym and 97.6 to 98.2 % after Hybrid-Gym."
