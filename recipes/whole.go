package recipes

import "reflect"

// A whole is a value that reads itself from a node: it is written in several
// ways, and in each of them it is one value, with no keys that layers merge.
type whole interface {
	decode(d *decoder, n *node, path, schema string)
	typeName() string // in the words of faults
	canonical() any
}

var wholeType = reflect.TypeFor[whole]()

func isWhole(t reflect.Type) bool { return reflect.PointerTo(t).Implements(wholeType) }

// wholeOf is v as a whole; it works on a copy where v has no address.
func wholeOf(v reflect.Value) whole {
	if !v.CanAddr() {
		c := reflect.New(v.Type())
		c.Elem().Set(v)
		v = c.Elem()
	}
	return v.Addr().Interface().(whole)
}
