package format

import "testing"

func FuzzTagSpans(f *testing.F) {
	f.Add("a <function=f>\n<parameter=p>\nv\n</parameter>\n</function> b")
	f.Add("<function=f><parameter=p></parameter><parameter=q>x</function>")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, c := range tagSpans(text) {
			if c.start < at || c.end > len(text) || text[c.nameAt:c.nameAt+len(c.name)] != c.name {
				t.Fatalf("%+v in %q", c, text)
			}
			at = c.start
			for _, p := range c.params {
				if p.start < at || p.valueStart > p.valueEnd || p.end > c.end || text[p.nameAt:p.nameAt+len(p.name)] != p.name {
					t.Fatalf("%+v of %+v in %q", p, c, text)
				}
				at = p.end
			}
			at = c.end
		}
	})
}
