package pyjson

// Compact appends v without the white space between its parts; every part is
// spelled as recorded.
func Compact(dst []byte, v Value) []byte { return compact(dst, v, func(Value) bool { return true }) }

// WithoutNulls appends v as Compact does, with the null members of its objects
// left out; nulls in arrays (an enum's) stay.
func WithoutNulls(dst []byte, v Value) []byte {
	return compact(dst, v, func(member Value) bool { return member.Kind() != KindNull })
}

func compact(dst []byte, v Value, keep func(member Value) bool) []byte {
	switch v.Kind() {
	case KindArray:
		dst = append(dst, '[')
		for i, element := range v.Elements() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = compact(dst, element, keep)
		}
		return append(dst, ']')
	case KindObject:
		dst = append(dst, '{')
		first := true
		for name, member := range v.Members() {
			if !keep(member) {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(append(dst, name.Raw()...), ':')
			dst = compact(dst, member, keep)
		}
		return append(dst, '}')
	}
	return append(dst, v.Raw()...)
}
