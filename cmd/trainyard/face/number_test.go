package face

import (
	"math"
	"testing"
)

func TestFiguresAreAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct {
		v    float64
		want string
	}{
		{0, "0"}, {5, "5"}, {-12, "-12"}, {1.37e6, "1,370,000"}, {1234567890123, "1,234,567,890,123"}, {1e15, "1e+15"}, {2.5e18, "2.5e+18"},
		{1.5, "1.5"}, {0.693147180559, "0.693147"}, {2.0 / 3, "0.666667"}, {812.4, "812.4"}, {12345.678, "12,345.7"}, {-1000.25, "-1,000.25"}, {99999.96, "100,000"},
		{1370000.4, "1,370,000"}, {5e-05, "5e-05"}, {0.00012345678, "0.000123457"}, {1e-9, "1e-09"},
		{math.NaN(), "NaN"}, {math.Inf(1), "Infinity"}, {math.Inf(-1), "-Infinity"},
	} {
		if got := Number(c.v); got != c.want {
			t.Errorf("%v is shown as %q, want %q", c.v, got, c.want)
		}
	}
}
