package sample

// teachers takes one of each teacher and goes round again. Use it where one
// teacher has most of the rows, and is to have no more of the mix than others.
func teachers(v *View, rows []int, _ Args) []int { return roundRobin(v.groups(rows, PerTeacher)) }
