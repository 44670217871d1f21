package style

import "trainyard/format"

// r2eMessages writes R2E-Gym's dialect: arguments indented by two spaces and
// never on lines of their own.
func r2eMessages(p *chatWriter, messages []format.Message) error {
	return p.tagMessages(messages, r2eTag)
}

func r2eTools(p *chatWriter, t *format.Trajectory) (string, error) {
	return p.tagTools(t, "<function=NAME>\n  <parameter=FIRST>value</parameter>\n  <parameter=SECOND>value</parameter>\n</function>")
}

func r2eTag(name, text string) string {
	return "  " + plainTag(name, text)
}
