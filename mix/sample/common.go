package sample

// common keeps the instances that every teacher of the source has; with other
// sources, those that each of them has too, from any teacher. So teachers are
// compared on the same work. A row without an instance is of none.
func common(v *View, rows []int, a Args) []int {
	if len(a.With) > 0 {
		return commonWith(v, rows, a.With)
	}
	teachers, has := map[uint64]bool{}, map[uint64]map[uint64]bool{}
	for _, i := range rows {
		it := &v.Items[i]
		teachers[it.Teacher] = true
		if has[it.Instance] == nil {
			has[it.Instance] = map[uint64]bool{}
		}
		has[it.Instance][it.Teacher] = true
	}
	return where(rows, func(i int) bool {
		instance := v.Items[i].Instance
		return instance != 0 && len(has[instance]) == len(teachers)
	})
}

func commonWith(v *View, rows []int, with []string) []int {
	in := map[uint64]int{}
	for n, name := range with {
		for _, it := range v.With[name].Items {
			if instance := it.Instance; in[instance] == n {
				in[instance] = n + 1
			}
		}
	}
	return where(rows, func(i int) bool {
		instance := v.Items[i].Instance
		return instance != 0 && in[instance] == len(with)
	})
}

// where lists the rows of which something holds, in their order.
func where(rows []int, holds func(row int) bool) (out []int) {
	for _, i := range rows {
		if holds(i) {
			out = append(out, i)
		}
	}
	return out
}
