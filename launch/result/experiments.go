package result

import "trainyard/format/verdict"

// experiments is the results.json of SWE-bench/experiments. Of what was applied and
// stands in no list of outcomes, the file says that it was graded and not resolved. Most
// files list no more than what is resolved, what was not handed in and what left no logs:
// the leaderboard's rate is over the whole split (analysis/get_results.py).
var experiments = Format{
	Looks:   `{"no_generation": […], "no_logs": […], "resolved": […]}`,
	Summary: "results.json of SWE-bench's leaderboard",
	is:      isSummaryOf("experiments"),
	whole:   true,
	read: func(d *document) ([]Result, error) {
		results, err := readSummary(d, Result{})
		if err != nil || !verdict.IsIDs(d.root.Get("resolved")) {
			return results, err
		}
		c := collect(d)
		for _, i := range results[0].Instances {
			c.by[i.ID] = i
		}
		for _, id := range d.root.Get("applied").Elements() {
			if _, told := c.by[id.Text()]; !told {
				c.add(id.Text(), verdict.Unresolved, nil)
			}
		}
		return c.into(results[0])
	},
}
