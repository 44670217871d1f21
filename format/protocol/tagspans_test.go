package protocol

import "testing"

func FuzzTagSpans(f *testing.F) {
	f.Add("a <function=f>\n<parameter=p>\nv\n</parameter>\n</function> b")
	f.Add("<function=f><parameter=p></parameter><parameter=q>x</function>")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, c := range TagSpans(text) {
			if c.Start < at || c.End > len(text) || text[c.NameAt:c.NameAt+len(c.Name)] != c.Name {
				t.Fatalf("%+v in %q", c, text)
			}
			at = c.Start
			for _, p := range c.Params {
				if p.Start < at || p.ValueStart > p.ValueEnd || p.End > c.End || text[p.NameAt:p.NameAt+len(p.Name)] != p.Name {
					t.Fatalf("%+v of %+v in %q", p, c, text)
				}
				at = p.End
			}
			at = c.End
		}
	})
}
