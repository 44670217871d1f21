package pyjson

// WithoutNulls appends v with the null members of its objects left out;
// nulls in arrays (an enum's) stay.
func WithoutNulls(dst []byte, v Value) []byte {
	switch v.Kind() {
	case KindArray:
		dst = append(dst, '[')
		for i, element := range v.Elements() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = WithoutNulls(dst, element)
		}
		return append(dst, ']')
	case KindObject:
		dst = append(dst, '{')
		first := true
		for name, member := range v.Members() {
			if member.Kind() == KindNull {
				continue
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(append(dst, name.Raw()...), ':')
			dst = WithoutNulls(dst, member)
		}
		return append(dst, '}')
	}
	return append(dst, v.Raw()...)
}
