package pyjson

// A MemberPlace is where a member of a record's object lies in its bytes: the
// inside of the name and the value, both [start, end).
type MemberPlace struct {
	Name, Value [2]uint32
	Plain       bool // the name holds no escape
}

// Places lists the members of an object; anything else has none.
func (v Value) Places() []MemberPlace {
	if v.Kind() != KindObject {
		return nil
	}
	list := make([]MemberPlace, 0, v.Length())
	for name, member := range v.Members() {
		n, m := name.node(), member.node()
		list = append(list, MemberPlace{[2]uint32{n.Start + 1, n.End - 1}, [2]uint32{m.Start, m.End}, n.plain})
	}
	return list
}
