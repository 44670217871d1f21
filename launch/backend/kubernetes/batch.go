package kubernetes

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"trainyard/launch"
	"trainyard/launch/backend/carry/inside"
	"trainyard/launch/files"
)

var _ launch.ManyStarter = (*Kubernetes)(nil)

// StartMany implements launch.ManyStarter: attempts that ask for the same become one
// Indexed Job, with an index for each.
func (k *Kubernetes) StartMany(ctx context.Context, tasks []launch.Task) ([]launch.Handle, error) {
	c, err := k.client()
	if err != nil {
		return nil, err
	}
	handles := make([]launch.Handle, len(tasks))
	var faults []error
	for _, g := range k.groups(tasks) { // where one is refused, the others start all the same
		faults = append(faults, k.startGroup(ctx, c, g, handles))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return handles, nil
}

// startGroup puts the handles where its cells are in the caller's order. One cell is an
// attempt like any other.
func (k *Kubernetes) startGroup(ctx context.Context, c *client, g group, handles []launch.Handle) (err error) {
	if len(g.cells) == 1 {
		handles[g.cells[0].at], err = k.Start(ctx, g.cells[0].task)
		return err
	}
	p, err := k.batch(ctx, g)
	if err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	for i, cell := range g.cells {
		if err := claimHere(cell.task.Dir); err != nil {
			return err
		}
		s := describe(p, cell.task, cell.dir)
		s.Index = &i
		if err := files.WriteJSON(cell.task.Dir, specName, s); err != nil {
			return fmt.Errorf("kubernetes: prepare attempt: %w", err)
		}
	}
	j, err := p.submit(ctx, c)
	if err != nil {
		return fmt.Errorf("kubernetes: %w", err)
	}
	for i, cell := range g.cells {
		_ = files.WriteJSON(cell.task.Dir, seenName, seen{Version: j.Metadata.Version, Looked: time.Now().UTC()}) // else the first look keeps one
		handles[cell.at] = handle{j.Metadata.Namespace, j.Metadata.Name, j.Metadata.UID, &i}.text()
	}
	return nil
}

// A cell is one attempt of a batch.
type cell struct {
	task  launch.Task
	at    int    // in the caller's order
	dir   string // in the pod
	files []byte // packed: those that other cells have not
}

// maxCells keeps the orders of a batch, of some kilobytes each, within one ConfigMap.
const maxCells = 100

// A group is what becomes one Job.
type group struct {
	cells  []cell
	shared []launch.File // those of the files that every cell has
}

// groups are the attempts that can be one Job. One of several nodes stays alone: there an
// index is a rank. So do all where Kueue keeps a queue, which lets a Job go whole or not
// at all, and would have them wait until there is room for the last.
func (k *Kubernetes) groups(tasks []launch.Task) (groups []group) {
	var alike [][]cell
	newest := map[string]int{} // of those that ask for the same
	for at, t := range tasks {
		kind := k.o.kind(t)
		g, ok := newest[kind]
		if !ok || t.Nodes > 1 || k.o.Queue != "" || len(alike[g]) == maxCells {
			g = len(alike)
			newest[kind] = g
			alike = append(alike, nil)
		}
		alike[g] = append(alike[g], cell{task: t, at: at, dir: k.inPod(t.Dir)})
	}
	for _, cells := range alike {
		groups = append(groups, k.o.packed(cells)...)
	}
	return groups
}

// kind is what the pods of one Job have in common. It holds the values of secrets.
func (o *Options) kind(t launch.Task) string {
	kind := fmt.Sprintf("%d %d %v %v %v", max(1, t.Nodes), t.GPUs, t.Deadline, t.Grace, t.Command.Progress != "")
	for _, e := range o.secrets(t) {
		kind += fmt.Sprintf(" %q=%q", e.Name, e.Value)
	}
	return kind
}

// packed packs what each cell has for itself, and begins another group where the cluster's
// database would be given too much at once. A cell that cannot be sent stays alone, so
// that its start says why.
func (o *Options) packed(cells []cell) (groups []group) {
	shared, size := common(cells), 0
	for _, c := range cells {
		own := slices.DeleteFunc(slices.Clone(c.task.Command.Files), func(f launch.File) bool { return slices.Contains(shared, f) })
		var err error
		if c.files, err = o.pack(own, maxParts*partSize); err != nil {
			groups = append([]group{{cells: []cell{c}}}, groups...)
			continue
		}
		if size += len(c.files); len(groups) == 0 || size > maxParts*partSize/2 || groups[len(groups)-1].shared == nil && shared != nil {
			groups, size = append(groups, group{shared: shared}), len(c.files)
		}
		last := &groups[len(groups)-1]
		last.cells = append(last.cells, c)
	}
	return groups
}

// common are the files that all cells have.
func common(cells []cell) (all []launch.File) {
	for _, f := range cells[0].task.Command.Files {
		lacks := func(c cell) bool { return !slices.Contains(c.task.Command.Files, f) }
		if !slices.ContainsFunc(cells, lacks) {
			all = append(all, f)
		}
	}
	return all
}

// batch is the plan of a group.
func (k *Kubernetes) batch(ctx context.Context, g group) (*plan, error) {
	agent, err := k.goingAlong(ctx)
	if err != nil {
		return nil, err
	}
	task := g.cells[0].task
	task.Command.Files = g.shared
	p, err := k.o.newPlan(batchName(g.cells), task, g.cells[0].dir, rand.Text(), agent)
	if err != nil {
		return nil, err
	}
	p.cells = g.cells
	p.together()
	return p, nil
}

// together puts what the cells have for themselves into as few ConfigMaps as hold it.
func (p *plan) together() {
	few := pieces{name: p.name + "-own", data: map[string][]byte{}}
	size := 0
	for i, c := range p.cells {
		file := inside.CellName(i) + inside.FilesName
		if len(c.files) == 0 || size+len(c.files) > partSize {
			p.split(fmt.Sprintf("own-%d", i), file, c.files)
			continue
		}
		size += len(c.files)
		few.data[file+"000"] = c.files
	}
	if size > 0 {
		p.parts = append(p.parts, few)
	}
}

// batchName follows from the names of the cells.
func batchName(cells []cell) string {
	sum := sha256.New()
	for _, c := range cells {
		fmt.Fprintln(sum, jobName(c.task.Dir))
	}
	return fmt.Sprintf("ty-x%d-%s", len(cells), hex.EncodeToString(sum.Sum(nil)[:10]))
}

// claim takes the name of every cell, by an empty Job that says where the cell is. One
// that is taken makes the batch void.
func (p *plan) claim(ctx context.Context, c *client, batch job) error {
	for i, cell := range p.cells {
		_, err := c.make(ctx, jobName(cell.task.Dir), p.nonce, p.part(i, cell, batch))
		if err == nil {
			continue
		}
		if errors.Is(err, launch.ErrClaimed) {
			err = errors.Join(err, c.do(ctx, http.MethodPatch, c.job(p.name), asPatch, voiding(), nil))
		}
		return err
	}
	return nil
}

// part is a suspended Job of no pods, which goes with that of its batch.
func (p *plan) part(i int, cell cell, batch job) object {
	m := p.o.tombstone(cell.task.Dir)
	one := plan{name: jobName(cell.task.Dir), task: cell.task, o: p.o}
	meta := m["metadata"].(object)
	meta["labels"] = one.labels()
	maps.Copy(meta["annotations"].(object), object{
		stageNote: part, nonceNote: p.nonce, batchNote: p.name, uidNote: batch.Metadata.UID, indexNote: strconv.Itoa(i),
	})
	meta["ownerReferences"] = []object{{"apiVersion": "batch/v1", "kind": "Job", "name": p.name, "uid": batch.Metadata.UID}}
	return m
}
