package launch

import (
	"fmt"

	"trainyard/launch/result"
)

// agreed are the results of one evaluation without those that say nothing that another of
// the same name does not say. Two that contradict each other, or of which each has what
// the other has not, are an error: which of them counts is not known.
func agreed(all []result.Result) (kept []result.Result, err error) {
	at := map[string]int{}
	for _, r := range all {
		name := ResultName(r)
		i, known := at[name]
		if !known {
			at[name], kept = len(kept), append(kept, r)
			continue
		}
		differs, less := differences(kept[i], r)
		_, more := differences(r, kept[i])
		switch {
		case !more: // of two that say the same, the first
		case !less:
			kept[i] = r
		default:
			return nil, fmt.Errorf("two of its reports are of %s and differ: %s and %s: %s: %s",
				name, kept[i].Source.File, r.Source.File, differNumber(len(differs)), differWords(differs))
		}
	}
	return kept, nil
}
