package mix

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/mix/dedup"
)

// A suspicion is what of a benchmark a record has, before it is known which
// texts are a template's.
type suspicion struct {
	instance, repo int32 // of the benchmark; -1 for none
	hits           []dedup.Hit
	patch          dedup.Match
}

// look finds what a record has of the benchmark; nil for nothing.
func (b *benchmark) look(t *format.Trajectory, chat format.Chat, repo string) *suspicion {
	s := &suspicion{instance: -1, repo: -1}
	if repo = format.NormalRepo(repo); repo == "" {
		repo = format.NormalRepo(format.RepoOfInstance(t.InstanceID))
	}
	if n, met := b.byID[format.NormalInstance(t.InstanceID)]; met && b.has(ByInstance) {
		s.instance = n
	}
	if n, met := b.byRepo[repo]; met && b.has(ByRepo) {
		s.repo = n
	}
	if b.has(ByNgram) {
		s.hits = b.ngrams(chat)
	}
	if b.has(ByPatch) {
		s.patch = b.patches.Find(written(t), func(n int32) bool { return repo != "" && b.instances[n].repo == repo })
	}
	if s.instance < 0 && s.repo < 0 && len(s.hits) == 0 && s.patch.Found == 0 {
		return nil
	}
	return s
}

// ngrams looks through the turns that are no template: all but the system turn,
// with its list of tools, and the example before the task.
func (b *benchmark) ngrams(chat format.Chat) (hits []dedup.Hit) {
	for i, turn := range chat {
		if turn.Role == format.System {
			continue
		}
		text, offset := turn.Content, 0
		if task, framed := protocol.WithoutExample(text); framed && turn.Role == format.User {
			text, offset = task, strings.LastIndex(text, task)
		}
		from := len(hits)
		hits = b.grams.Find(hits, i, text)
		for k := range hits[from:] {
			hits[from+k].Start += int32(offset)
			hits[from+k].End += int32(offset)
		}
	}
	return hits
}

// written is what the agent wrote: its words, with the calls that stand in
// them, the arguments of calls, and the lines that its own patch adds.
func written(t *format.Trajectory) (texts []string) {
	for _, m := range t.Messages {
		if m.Role != format.Assistant {
			continue
		}
		texts = append(texts, m.Content)
		for _, c := range m.Calls {
			texts = appendStrings(texts, c.Arguments)
		}
	}
	return append(texts, strings.Join(slices.Collect(dedup.AddedLines(t.Patch)), ""))
}

// appendStrings adds every text in a JSON value.
func appendStrings(texts []string, raw []byte) []string {
	tokens := json.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := tokens.Token()
		if err != nil { // the end, or arguments that are no JSON, which stand in no row either
			return texts
		}
		if text, ok := token.(string); ok {
			texts = append(texts, text)
		}
	}
}

// templateGroups is in how many repositories a text of a benchmark is a
// template's, or common knowledge: a piece that leaks of an issue stands in
// rollouts of its own repository. For most of one see wholeWords.
const templateGroups = 3

// contamination is what of a benchmark the items have.
type contamination struct {
	*benchmark
	suspicions map[int32]*suspicion // item -> what it has
	found      map[string]int64     // rule -> items
	templates  int                  // grams that turned out to be a template's
}

// avoid looks for a benchmark in what is read; nil for none.
func (r *reading) avoid(b *benchmark) {
	if b != nil {
		r.contamination = &contamination{benchmark: b, suspicions: map[int32]*suspicion{}, found: map[string]int64{}}
	}
}

// decontaminate ends what has something of the benchmark, and its exact
// repeats, whose record may say less of where they come from.
func (p *planner) decontaminate() {
	c := p.contamination
	if c == nil {
		return
	}
	order := p.byText()
	template := p.templateGrams()
	c.templates = len(template)
	for _, i := range p.choose(p.undecided) {
		if s := c.suspicions[i]; s != nil {
			if rules, detail := c.verdict(s, template); len(rules) > 0 {
				p.contaminate(i, rules, strings.Join(detail, "; "))
			}
		}
	}
	for same := range runs(order, p.sameText) {
		p.contaminateRepeats(same, template)
	}
}

func (p *planner) contaminate(item int32, rules []string, detail string) {
	p.decide(int(item), Contaminated, rules[0])
	p.entries.lines[p.lineOf[item]].detail = p.entries.text(detail)
	for _, rule := range rules {
		p.contamination.found[rule]++
	}
}

// contaminateRepeats ends all of one text where one of them ended.
func (p *planner) contaminateRepeats(same []int32, template map[int32]bool) {
	ended := slices.IndexFunc(same, func(i int32) bool { return !p.undecided(int(i)) })
	if ended < 0 {
		return
	}
	e := p.entries.entry(int(p.lineOf[same[ended]]))
	rules, _ := p.contamination.verdict(p.contamination.suspicions[same[ended]], template)
	for _, i := range same {
		if p.undecided(int(i)) {
			p.contaminate(i, rules, fmt.Sprintf("the same text as %s:%d: %s", e.File, e.Line, e.Detail))
		}
	}
}

// templateGrams are those that stand in items of several repositories. All that
// name none count as one: rollouts on one leaked instance may go by many ids.
func (p *planner) templateGrams() map[int32]bool {
	groups, template := map[int32][]int32{}, map[int32]bool{}
	for i, s := range p.contamination.suspicions {
		repo := p.items[i].Repo
		for _, h := range s.hits {
			if known := groups[h.Gram]; len(known) < templateGroups && !slices.Contains(known, repo) {
				groups[h.Gram] = append(known, repo)
			}
		}
	}
	for gram, list := range groups {
		if len(list) >= templateGroups {
			template[gram] = true
		}
	}
	return template
}

// verdict says by which rules a record counts as contaminated, and why.
func (c *contamination) verdict(s *suspicion, template map[int32]bool) (rules, detail []string) {
	say := func(rule, text string, args ...any) {
		rules, detail = append(rules, rule), append(detail, fmt.Sprintf(text, args...))
	}
	if s.instance >= 0 {
		say(ByInstance, "instance %v", &c.instances[s.instance])
	}
	if s.repo >= 0 {
		say(ByRepo, "repository %s, that of %v", c.instances[s.repo].repo, &c.instances[s.repo])
	}
	if st := c.stretch(s, template); st.Words > 0 {
		say(ByNgram, "message %d [%d, %d) has %d of %d words of the statement of %v: %s", st.Piece, st.Start, st.End, st.Words, st.All, &c.instances[st.Statement], quoted(st.Text, shownBytes))
	}
	if m := s.patch; m.Found > 0 {
		say(ByPatch, "the agent wrote %d of %d lines of the solution of %v, first %s", m.Found, m.All, &c.instances[m.Solution], quoted(m.First, shownBytes))
	}
	return rules, detail
}

// wholeWords is how long a statement must be for half of it to be a leak however
// many repositories have it: records misname theirs, and a question of a line
// may be in many records.
const wholeWords = 40

// stretch is the longest that a record shares with a statement and that proves
// something.
func (c *contamination) stretch(s *suspicion, template map[int32]bool) dedup.Stretch {
	if st := c.grams.Longest(s.hits); st.All >= wholeWords && 2*st.Words >= st.All {
		return st
	}
	own := slices.DeleteFunc(slices.Clone(s.hits), func(h dedup.Hit) bool { return template[h.Gram] })
	return c.grams.Longest(own)
}

// shownBytes is how much of a text a line of outcomes.jsonl quotes.
const shownBytes = 160

// A ContaminationReport says what was looked for and found.
type ContaminationReport struct {
	By        []string         `json:"by"`
	Instances int              `json:"instances"`
	Repos     int              `json:"repos"`
	Found     map[string]int64 `json:"found"` // rule -> records, each under all the rules that it meets
	// TemplateGrams are runs of thirteen words that prove nothing alone: three
	// statements of the benchmark have them, or records of three repositories.
	TemplateGrams int    `json:"template_grams"`
	Untold        Untold `json:"untold,omitzero"` // what no rule can find
}

func (c *contamination) report() *ContaminationReport {
	if c == nil {
		return nil
	}
	return &ContaminationReport{
		By: c.by, Instances: len(c.instances), Repos: c.repos(), Found: c.found,
		TemplateGrams: c.templates + c.grams.Shared(), Untold: c.untold(),
	}
}
