package ledgerly

import (
	"fmt"
	"strconv"
	"strings"
)

// Cents is an amount of money; negative amounts are debts.
type Cents int64

// ParseAmount reads "12.50", "-3" or "0.5" into cents.
func ParseAmount(text string) (Cents, error) {
	negative := strings.HasPrefix(text, "-")
	whole, part, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	if len(part) > 2 {
		return 0, fmt.Errorf("too many decimals in %q", text)
	}
	digits := whole + part
	value, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("not an amount: %q", text)
	}
	if negative {
		value = -value
	}
	return Cents(value), nil
}

// FormatAmount writes cents with two decimals and a sign for debts.
func FormatAmount(c Cents) string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// SplitEvenly shares an amount between n people so that the parts add up to it
// again; the first ones carry the odd cents.
func SplitEvenly(total Cents, n int) []Cents {
	parts := make([]Cents, n)
	for i := range parts {
		parts[i] = total / Cents(n)
	}
	return parts
}
