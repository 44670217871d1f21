package yard

import (
	"context"
	"slices"
	"strings"

	"trainyard/launch"
)

// A judgedRuns is what the runs of one side came to, by evaluation and then by run.
type judgedRuns map[ResultKey]map[string]*judged

// judgedSides sorts the results of runs by sides.
func judgedSides(byRun map[string][]launch.StoredResult, sides []Side, choosing Choosing) []judgedRuns {
	all := make([]judgedRuns, len(sides))
	for i, s := range sides {
		all[i] = judgedRuns{}
		for _, r := range s.Runs {
			for e, j := range choosing.judgedBy(r.run, byRun[r.ID]) {
				if all[i][e] == nil {
					all[i][e] = map[string]*judged{}
				}
				all[i][e][r.ID] = j
			}
		}
	}
	return all
}

func idsOf(sides []Side) (ids []string) {
	for _, s := range sides {
		for _, r := range s.Runs {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// runsAtOnce is how many runs one statement asks for.
const runsAtOnce = 500

// resultsOf reads the results of runs, by run.
func resultsOf(ctx context.Context, ledger *launch.Ledger, ids []string) (map[string][]launch.StoredResult, error) {
	byRun := map[string][]launch.StoredResult{}
	for some := range slices.Chunk(ids, runsAtOnce) {
		results, err := ledger.Results(ctx, some...)
		if err != nil {
			return nil, err
		}
		for _, r := range results {
			byRun[r.Run] = append(byRun[r.Run], r)
		}
	}
	return byRun, nil
}

func keysOfResults(found []judgedRuns) (all []ResultKey) {
	for _, side := range found {
		for e := range side {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	slices.SortFunc(all, func(a, b ResultKey) int { return strings.Compare(a.String(), b.String()) })
	return all
}
