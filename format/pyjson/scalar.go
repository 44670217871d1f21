package pyjson

// IsTrue says that v is the literal true; the text "true" and 1 are not.
func IsTrue(v Value) bool { return string(v.Raw()) == "true" }

// TokenCount reads a number of tokens; what is no number counts nothing.
func TokenCount(v Value) int64 {
	f, _ := v.Float()
	if !(f >= 0 && f < 1<<53) {
		return 0
	}
	return int64(f)
}

// LookUp tells a member that is null from one that is not there.
func (v Value) LookUp(key string) (member Value, ok bool) {
	for name, m := range v.Members() {
		if string(name.Bytes()) == key {
			member, ok = m, true
		}
	}
	return member, ok
}

// FirstScalar is the first of the values that [Value.Scalar] has something of, or
// "".
func FirstScalar(values ...Value) string {
	for _, v := range values {
		if s := v.Scalar(); s != "" {
			return s
		}
	}
	return ""
}

// FirstOf is an array's first element.
func FirstOf(list Value) Value {
	for _, element := range list.Elements() {
		return element
	}
	return Value{}
}

// Count reads a number of things; anything but a number is none.
func (v Value) Count() int64 {
	f, ok := v.Float()
	if !ok || f < 0 || f > 1<<53 {
		return 0
	}
	return int64(f)
}
