package sample

import (
	"cmp"
	"math"
	"slices"
)

// An Item is what a selection sees of one trajectory. Repo, Teacher and
// Instance are keyed hashes of names, the same for the same name; 0 is unknown,
// and what is unknown is like nothing else.
type Item struct {
	Repo, Teacher, Instance uint64
	Key                     uint64 // its place in the order of the view
	Tokens, Trained, Steps  int32
}

// A View is one source's items in the order of their keys, which is a shuffle,
// with what else is known of them.
type View struct {
	Items []Item
	// Columns are features by name, a value for each item; NaN is unknown.
	Columns map[string][]float64
	// With are the views of the sources that [Args.With] names, by name, and Arm are
	// the items of the first that are in the mix.
	With map[string]*View
	Arm  []int
}

// Facts are the features that every item has.
var Facts = map[string]func(*Item) int32{
	"n_tokens":         func(it *Item) int32 { return it.Tokens },
	"n_trained_tokens": func(it *Item) int32 { return it.Trained },
	"n_steps":          func(it *Item) int32 { return it.Steps },
}

// value is a feature of an item, NaN where it is unknown.
func (v *View) value(feature string, i int) float64 {
	if fact, known := Facts[feature]; known {
		return float64(fact(&v.Items[i]))
	}
	if column, known := v.Columns[feature]; known {
		return column[i]
	}
	return math.NaN()
}

// ranked lists the rows with a known value from the least to the most, those of
// one value in the order of their keys.
func (v *View) ranked(rows []int, feature string) []int {
	type valued struct {
		value float64
		row   int
	}
	known := make([]valued, 0, len(rows))
	for _, i := range rows {
		if x := v.value(feature, i); !math.IsNaN(x) {
			known = append(known, valued{x, i})
		}
	}
	slices.SortFunc(known, func(a, b valued) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.row, b.row)) })
	out := make([]int, len(known))
	for n := range known {
		out[n] = known[n].row
	}
	return out
}

// all are the rows of a view.
func (v *View) all() []int {
	rows := make([]int, len(v.Items))
	for i := range rows {
		rows[i] = i
	}
	return rows
}

// A Per is what items are grouped by.
type Per string

const (
	PerInstance   Per = "instance"
	PerRepository Per = "repo"
	PerTeacher    Per = "teacher"
)

// of is the group of an item, 0 for one that is in none.
func (p Per) of(it *Item) uint64 {
	switch p {
	case PerInstance:
		return it.Instance
	case PerRepository:
		return it.Repo
	}
	return it.Teacher
}

// groups are the rows of each group, in their order, and the groups in the order
// of their first rows. What is in no group is one by itself.
func (v *View) groups(rows []int, per Per) [][]int {
	var groups [][]int
	at := map[uint64]int{}
	for _, i := range rows {
		key := per.of(&v.Items[i])
		n, met := at[key]
		if !met || key == 0 {
			n = len(groups)
			groups, at[key] = append(groups, nil), n
		}
		groups[n] = append(groups[n], i)
	}
	return groups
}

// Limit keeps the first rows of each group, so many. Rows in no group are
// unlimited.
func (v *View) Limit(rows []int, per Per, most int) []int {
	times := map[uint64]int{}
	return slices.DeleteFunc(slices.Clone(rows), func(i int) bool {
		key := per.of(&v.Items[i])
		times[key]++
		return key != 0 && times[key] > most
	})
}
