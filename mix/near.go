package mix

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/klauspost/compress/s2"

	"trainyard/format"
	"trainyard/format/protocol"
	"trainyard/mix/dedup"
)

// NearDuplicate is the reason of a record that is dropped because another is
// nearly the same.
const NearDuplicate = "near"

// countedTurns are the texts of a conversation by which it is compared with
// others: all but the system turn, which holds the tools as well, and the
// example that some scaffolds put before the task. All rollouts of a scaffold
// share those.
func countedTurns(chat format.Chat) []string {
	var texts []string
	for _, turn := range chat {
		switch turn.Role {
		case format.System:
		case format.User:
			text, _ := protocol.WithoutExample(turn.Content)
			texts = append(texts, text)
		default:
			texts = append(texts, turn.Content)
		}
	}
	return texts
}

// A sketch is what near duplicates of a conversation are found by.
type sketch struct {
	signature dedup.Signature
	turns     []byte // compressed, for the count of shingles
	at        extent // where the turns lie
}

func newSketch(chat format.Chat) *sketch {
	turns := countedTurns(chat)
	return &sketch{signature: dedup.Sign(turns), turns: packTurns(turns)}
}

// packTurns writes texts behind one another, each with its length. S2 makes
// less than half of them (45 % of pieces of 12 KB of rollouts), in about the time
// that signing takes.
func packTurns(turns []string) []byte {
	size := 0
	for _, t := range turns {
		size += binary.MaxVarintLen64 + len(t)
	}
	plain := make([]byte, 0, size)
	for _, t := range turns {
		plain = append(binary.AppendUvarint(plain, uint64(len(t))), t...)
	}
	return s2.Encode(nil, plain)
}

func unpackTurns(packed []byte) ([]string, error) {
	plain, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, err
	}
	var turns []string
	for text := string(plain); len(text) > 0; {
		n, head := binary.Uvarint([]byte(text[:min(len(text), binary.MaxVarintLen64)]))
		if head <= 0 || n > uint64(len(text)-head) {
			return nil, errors.New("the turns are damaged")
		}
		end := head + int(n)
		turns, text = append(turns, text[head:end]), text[end:]
	}
	return turns, nil
}

// sketches are those of all items: 512 bytes of signature in memory for each,
// the turns where the rows lie.
type sketches struct {
	signatures []dedup.Signature
	places     []extent
	stores     *stores
}

// openTurns gives a dry run, which keeps no rows, a place for the turns.
func (r *reading) openTurns() error {
	if r.sketches == nil {
		return nil
	}
	dir, err := os.MkdirTemp("", "trainyard-turns-*")
	if err != nil {
		return fmt.Errorf("near duplicates: %w", err)
	}
	r.stores.dir, r.turns = dir, dir
	return nil
}

// keep adds the sketch of the next item.
func (s *sketches) keep(sk *sketch) {
	s.signatures, s.places = append(s.signatures, sk.signature), append(s.places, sk.at)
}

func (s *sketches) set(item int32) (*dedup.Set, error) {
	packed, err := s.stores.read(s.places[item], nil)
	if err != nil {
		return nil, err
	}
	turns, err := unpackTurns(packed)
	if err != nil {
		return nil, fmt.Errorf("near duplicates: %w", err)
	}
	return dedup.NewSet(turns), nil
}

// dropNear drops what is nearly the same as another item within the window
// that is kept. Of two that of the source which has least for what is asked of
// it is kept, as with exact duplicates; within a source a keyed hash decides.
func (p *planner) dropNear() error {
	if p.sketches == nil {
		return nil
	}
	repeats, err := dedup.Drop(p.nearOrder(), p.sketches.signatures, p.cfg.Near, p.sketches.set)
	if err != nil {
		return err
	}
	for _, r := range repeats {
		p.decide(int(r.Text), Duplicate, NearDuplicate)
		line := &p.entries.lines[p.lineOf[r.Text]]
		line.of = p.lineOf[r.Of]
		line.detail = p.entries.text(fmt.Sprintf("Jaccard similarity %.3f, mix.near is %g", r.Jaccard, p.cfg.Near))
	}
	return nil
}

// nearOrder lists the items that are undecided; of two that are nearly the same the
// first is kept.
func (p *planner) nearOrder() []int32 {
	order := p.choose(p.undecided)
	slices.SortFunc(order, p.keptFirst("near", p.scarcity(p.byText())))
	return order
}

// muchNear is the part of a source beyond which what near duplicates take is
// told: a template that all its rollouts share looks like that too.
const muchNear = 0.2

// near tells the sources that lose much.
func (r *remarker) near(cfg *Config) {
	for k := range r.m.Sources {
		s := &r.m.Sources[k]
		lost := s.Reasons[reasonKey(&Entry{Outcome: Duplicate, Reason: NearDuplicate})]
		had := lost + s.Reasons[reasonKey(&Entry{Outcome: Duplicate, Reason: "instance"})]
		for _, o := range []Outcome{NotSampled, Validation, Kept} {
			had += s.Outcomes[o].Records
		}
		if float64(lost) > muchNear*float64(had) {
			r.say(Near, "%s loses %d of %s (%s) as near duplicates at mix.near %g: outcomes.jsonl names for each the one that was kept",
				s.Name, lost, records(had), percent(lost, had), cfg.Near)
		}
	}
}
