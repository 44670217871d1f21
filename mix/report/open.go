package report

import (
	"context"
	"errors"

	"trainyard/mix"
)

// Open reads the datasets in dirs, in this order. What is wrong with any of them
// is told together.
func Open(ctx context.Context, dirs ...string) (*Data, error) {
	data := &Data{Datasets: make([]Dataset, len(dirs))}
	var faults []error
	for i, dir := range dirs {
		d, err := openOne(ctx, dir)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		data.Datasets[i] = *d
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return data, nil
}

func openOne(ctx context.Context, dir string) (*Dataset, error) {
	disk, err := mix.OpenDataset(dir)
	if err != nil {
		return nil, err
	}
	if err := disk.Verify(ctx); err != nil {
		return nil, err
	}
	lengths, err := readLengths(ctx, disk)
	if err != nil {
		return nil, err
	}
	d := &Dataset{Dir: dir, Name: disk.Manifest.Recipe.Name, Manifest: disk.Manifest, Examples: []Example{}}
	var rows *reading
	if hasText(disk.Manifest) {
		if rows, err = readRows(ctx, disk); err != nil {
			return nil, err
		}
		d.Examples = rows.shown(disk.Manifest)
	}
	for k := range disk.Manifest.Sources {
		d.Sources = append(d.Sources, sourcePart(disk.Manifest, k, lengths, rows))
	}
	d.Whole = wholePart(d, lengths, rows)
	return d, nil
}

// hasText says that rows hold conversations, with side columns.
func hasText(m *mix.Manifest) bool { return m.Output == "messages" || m.Output == "turns" }

// sourcePart tells of one source.
func sourcePart(m *mix.Manifest, k int, lengths *lengths, rows *reading) Part {
	s := &m.Sources[k]
	kept, aside := s.Outcomes[mix.Kept], s.Outcomes[mix.Validation]
	p := Part{
		Name: s.Name, Trajectories: kept.Records + aside.Records, Train: kept.Records, Validation: aside.Records,
		InShards: inShards(m, s.Name), Tokens: measure(lengths.kept[s.Name]), Retention: retention(s, lengths.unique[s.Name]),
		Images: s.Images, SetupCost: s.SetupCost, Bills: billsOf(s.Bills),
		Funnel: s.Funnel, Outcomes: s.Outcomes, Reasons: s.Reasons, Notes: s.Notes, Flags: s.Flags, Warnings: s.Warnings,
	}
	if rows != nil {
		p.Content = rows.sources[s.Name].content()
		p.Tokens = p.Content.Tokens
	}
	p.Principles = verdicts(&p)
	return p
}

// wholePart sums the sources up; what is counted apart, such as different
// repositories, is counted again over all rows.
func wholePart(d *Dataset, lengths *lengths, rows *reading) Part {
	m := d.Manifest
	w := Part{
		Name: "all sources", Funnel: m.Totals.Funnel, Outcomes: m.Totals.Outcomes, Tokens: measure(joined(lengths.kept)),
		Reasons: map[string]int64{}, Notes: map[string]int64{}, Bills: []Bill{},
	}
	bills := map[string]mix.Bill{}
	for i := range d.Sources {
		w.add(&d.Sources[i], bills)
	}
	w.Bills = billsOf(bills)
	w.Images, w.SetupCost = wholeSetup(d.Sources)
	if rows != nil {
		w.Content = rows.whole().content()
		w.Tokens = w.Content.Tokens
	}
	w.Principles = verdicts(&w)
	return w
}

// inShards is a source's part of both sides.
func inShards(m *mix.Manifest, source string) (size mix.Size) {
	for _, line := range m.Mix {
		if line.Source == source {
			size = addSize(line.Got, line.Validation)
		}
	}
	return size
}

func addSize(a, b mix.Size) mix.Size {
	return mix.Size{Count: mix.Count{Records: a.Records + b.Records, Tokens: a.Tokens + b.Tokens}, Trained: a.Trained + b.Trained}
}

func (p *Part) add(s *Part, bills map[string]mix.Bill) {
	p.Trajectories, p.Train, p.Validation = p.Trajectories+s.Trajectories, p.Train+s.Train, p.Validation+s.Validation
	p.InShards = addSize(p.InShards, s.InShards)
	addRetention(&p.Retention, s.Retention)
	addCounts(&p.Reasons, s.Reasons)
	addCounts(&p.Notes, s.Notes)
	addCounts(&p.Flags, s.Flags)
	addCounts(&p.Warnings, s.Warnings)
	for _, b := range s.Bills {
		sum := bills[b.Teacher]
		sum.Records, sum.Priced, sum.USD = sum.Records+b.Records, sum.Priced+b.Priced, sum.USD+b.USD
		sum.Instances += b.Instances
		sum.PromptTokens, sum.CompletionTokens = sum.PromptTokens+b.PromptTokens, sum.CompletionTokens+b.CompletionTokens
		bills[b.Teacher] = sum
	}
}

func addCounts(to *map[string]int64, more map[string]int64) {
	if more != nil && *to == nil {
		*to = map[string]int64{}
	}
	for key, n := range more {
		(*to)[key] += n
	}
}

// wholeSetup sums images, and takes the mean cost of an instance weighted by
// trajectories. Where one source does not say, the whole is unknown.
func wholeSetup(sources []Part) (images int, cost *float64) {
	sum, rows, imagesKnown, costKnown := 0.0, int64(0), true, true
	for i := range sources {
		s := &sources[i]
		if s.Trajectories == 0 {
			continue
		}
		images += s.Images
		imagesKnown = imagesKnown && s.Images > 0
		if costKnown = costKnown && s.SetupCost != nil; costKnown {
			sum += *s.SetupCost * float64(s.Trajectories)
			rows += s.Trajectories
		}
	}
	if !imagesKnown {
		images = 0
	}
	if costKnown && rows > 0 {
		mean := sum / float64(rows)
		cost = &mean
	}
	return images, cost
}

func billsOf(sums map[string]mix.Bill) []Bill {
	records := map[string]int64{}
	for teacher, b := range sums {
		records[teacher] = b.Records
	}
	list := []Bill{}
	for _, teacher := range sortedByCount(records) {
		list = append(list, Bill{teacher, sums[teacher]})
	}
	return list
}
