package ledgerly

import "strings"

// linesOf picks the lines of one account together with their days.
func linesOf(l *Ledger, account string) (days []string, lines []Line) {
	for _, p := range l.postings {
		for _, line := range p.Lines {
			if line.Account == account {
				days = append(days, p.Day)
				lines = append(lines, line)
			}
		}
	}
	return days, lines
}

// runningTotals turns amounts into the balance after each of them.
func runningTotals(lines []Line) []Cents {
	totals := make([]Cents, len(lines))
	var sum Cents
	for i, line := range lines {
		totals[i] = sum
		sum += line.Amount
	}
	return totals
}

// Statement prints every movement of an account with the balance after it.
func Statement(l *Ledger, account string) string {
	days, lines := linesOf(l, account)
	totals := runningTotals(lines)
	var out strings.Builder
	for i, line := range lines {
		out.WriteString(days[i] + "  " + FormatAmount(line.Amount) + "  " + FormatAmount(totals[i]) + "\n")
	}
	return out.String()
}
