package face

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// Thousands writes n as people read it: 1,234,567.
func Thousands[N int | int32 | int64](n N) string {
	digits := strconv.FormatInt(int64(n), 10)
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// About writes n in at most five characters: 999, 12.3k, 4.5M, 678M.
func About(n int64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		switch v := float64(n) / unit.size; {
		case v >= 99.95:
			return fmt.Sprintf("%.0f%s", v, unit.name)
		case v >= 0.9995:
			return fmt.Sprintf("%.1f%s", v, unit.name)
		}
	}
	return strconv.FormatInt(n, 10)
}

// Percent writes part of whole with one decimal; nothing of nothing is a dash.
func Percent(part, whole int64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// Span writes a duration to the second: 1:02:03 or 2:03.
func Span(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Counted writes a number with its noun: 1 row, 2 rows.
func Counted[N int | int32 | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Thousands(n) + " " + noun + "s"
}

// Bytes is a size: 1.5 GB, in powers of 1,000 as disks are sold.
func Bytes(n int64) string { return humanize.Bytes(uint64(max(0, n))) }

// Plural is counted for nouns with a plural of their own.
func Plural[N int | int32 | int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Number is a figure as people read it: whole ones in full, others by six significant
// digits, and an exponent for the very small and the very large alone.
func Number(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "Infinity"
	case math.IsInf(v, -1):
		return "-Infinity"
	case size < 1e15 && (v == math.Trunc(v) || size >= 1e5):
		return Thousands(int64(math.Round(v)))
	case size >= 1000 && size < 1e5:
		whole, rest, _ := strings.Cut(strconv.FormatFloat(size, 'g', 6, 64), ".")
		n, _ := strconv.ParseInt(whole, 10, 64) // digits alone
		sign := map[bool]string{true: "-"}[v < 0]
		return strings.TrimSuffix(sign+Thousands(n)+"."+rest, ".")
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// Dollars writes an amount in US dollars.
func Dollars(amount float64) string { return fmt.Sprintf("$%.2f", amount) }
