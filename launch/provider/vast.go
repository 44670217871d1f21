package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// vast speaks the API of Vast.ai (vast-ai/docs, api-reference/openapi/yaml). The
// mark is the label. An offer can be taken once, which guards a create that the
// network sent twice.
type vast struct{ c *client }

// The paces are the thresholds that the pages of the endpoints give; no answer
// carries Retry-After.
func openVast(c *client) Provider {
	c.paces = map[string]time.Duration{
		"search": 6 * time.Second, "create": 4500 * time.Millisecond, "list": time.Second,
		"get": 2 * time.Second, "destroy": 3 * time.Second, "charges": time.Second,
	}
	return vast{c}
}

func (p vast) Name() string    { return p.c.kind.Name }
func (p vast) Summary() string { return p.c.kind.Summary }
func (p vast) Facts() Facts {
	return Facts{Settle: 45 * time.Second, Image: true, Env: true, Spot: true, NameLimit: 256}
}

// vastGPUs are the names that searches go by, of the chips one fine-tunes on. What
// is not here is found among all offers.
var vastGPUs = []string{
	"H100 SXM", "H100 PCIE", "H100 NVL", "H200", "H200 NVL", "B200", "B300", "GH200 SXM", "A100 SXM4", "A100 PCIE", "A100X",
	"L40S", "L40", "L4", "RTX A6000", "RTX 6000Ada", "RTX 4090", "RTX 5090", "RTX 3090", "A40", "A10", "Tesla V100", "Tesla T4",
}

type vastSearch map[string]any

func (w Want) vastSearch() vastSearch {
	eq := func(v any) map[string]any { return map[string]any{"eq": v} }
	search := vastSearch{
		"type": "ondemand", "verified": eq(true), "rentable": eq(true), "rented": eq(false),
		"direct_port_count": map[string]any{"gte": 1}, "order": [][]string{{"dph_total", "asc"}, {"id", "asc"}}, "limit": 200,
	}
	if w.Count > 0 {
		search["num_gpus"] = eq(w.Count)
	}
	if w.DiskGB > 0 {
		search["allocated_storage"] = w.DiskGB
		search["disk_space"] = map[string]any{"gte": w.DiskGB}
	}
	var names []string
	for _, name := range vastGPUs {
		if w.GPU != "" && MatchGPU(GPUName(name, 0), strings.SplitN(w.GPU, "-", 2)[0]) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		search["gpu_name"] = map[string]any{"in": names}
	}
	return search
}

type vastOffer struct {
	ID          int64   `json:"id"`
	GPUName     string  `json:"gpu_name"`
	NumGPUs     int     `json:"num_gpus"`
	GPURAM      float64 `json:"gpu_ram"` // MB of one GPU
	DPHTotal    float64 `json:"dph_total"`
	Geolocation string  `json:"geolocation"`
	Rentable    bool    `json:"rentable"`
	CPUCores    float64 `json:"cpu_cores_effective"`
	CPURAM      float64 `json:"cpu_ram"` // MB
	DiskSpace   float64 `json:"disk_space"`
}

func (p vast) Offers(ctx context.Context, want Want) ([]Offer, error) {
	var offers []Offer
	for _, spot := range []bool{false, true} {
		if spot && !want.Spot {
			continue
		}
		search := want.vastSearch()
		if spot {
			search["type"] = "bid"
		}
		var reply struct {
			Offers []vastOffer `json:"offers"`
		}
		err := p.c.do(ctx, request{doing: "search offers", method: http.MethodPost, path: "/api/v0/bundles/", body: search, paces: []string{"search"}, into: &reply})
		if err != nil {
			return nil, err
		}
		for _, v := range reply.Offers {
			if o := v.offer(spot, p.c.clock.Now()); want.fits(o) {
				offers = append(offers, o)
			}
		}
	}
	return offers, nil
}

func (v vastOffer) offer(spot bool, now time.Time) Offer {
	stock := "none"
	if v.Rentable {
		stock = "one"
	}
	return Offer{
		Provider: "vast", ID: strconv.FormatInt(v.ID, 10), GPU: GPUName(v.GPUName, v.GPURAM/1024), Count: v.NumGPUs, GPUMemory: NominalGB(v.GPURAM / 1024),
		PricePerHour: v.DPHTotal, Region: v.Geolocation, Stock: stock, Spot: spot,
		CPU: int(v.CPUCores), RAM: int(v.CPURAM / 1024), Disk: int(v.DiskSpace), AsOf: now, Note: "without traffic",
	}
}

type vastOrder struct {
	Image       string `json:"image"`
	Label       string `json:"label"`
	Disk        int    `json:"disk,omitempty"`
	Runtype     string `json:"runtype"`
	TargetState string `json:"target_state"`
	// An instance that cannot start at once is not wanted: it would wait, stopped and
	// billed for its disk.
	CancelUnavail bool              `json:"cancel_unavail"`
	Price         float64           `json:"price,omitempty"`
	Env           map[string]string `json:"env"` // the schema says string; guide and command line client send an object
	Onstart       string            `json:"onstart"`
}

// maxVastOnstart is the published limit of args and onstart together.
const maxVastOnstart = 4096

// order is the body of a create. The key is put in by the start script, so that it
// opens this box and no other of the account.
func (p vast) order(o Order) (vastOrder, error) {
	body := vastOrder{
		Image: o.Image, Label: o.marked(p.Facts().NameLimit), Disk: o.DiskGB, Runtype: "ssh_direct", TargetState: "running",
		CancelUnavail: true, Env: o.environment(),
		Onstart: "mkdir -p -m 700 ~/.ssh && echo " + quote(o.PublicKey) + " >> ~/.ssh/authorized_keys\n" + o.Bootstrap,
	}
	if o.Offer.Spot {
		body.Price = o.Offer.PricePerHour
	}
	if n := len(body.Onstart); n > maxVastOnstart {
		return body, fmt.Errorf("vast: the start script has %d bytes with the key, and %d is the most: fetch it from the script instead: %w", n, maxVastOnstart, ErrRefused)
	}
	return body, nil
}

func (p vast) Create(ctx context.Context, o Order) (Box, error) {
	body, err := p.order(o)
	if err != nil {
		return Box{}, err
	}
	var reply struct {
		Success     bool  `json:"success"`
		NewContract int64 `json:"new_contract"`
	}
	doing := "rent offer " + o.Offer.ID
	err = p.c.do(ctx, request{doing: doing, method: http.MethodPut, path: "/api/v0/asks/" + url.PathEscape(o.Offer.ID) + "/", body: body, create: true, paces: []string{"create"}, hide: o.hidden(), into: &reply})
	if err != nil {
		return Box{}, p.judge(err, o)
	}
	if !reply.Success || reply.NewContract == 0 {
		return Box{}, unanswered(ctx, p.Name(), doing, errors.New("the answer names no contract"), nil)
	}
	return Box{
		Provider: p.Name(), ID: strconv.FormatInt(reply.NewContract, 10), State: Provisioning, Word: "null", // the price is told by Get
		Billing: true, BillingWhy: "storage is billed from the creation", GPU: o.Offer.GPU, Count: o.Offer.Count, Region: o.Offer.Region, CreatedAt: p.c.clock.Now(),
	}.marked(body.Label), nil
}

// judge: a bid that is too low is an error, and makes a stopped instance all the
// same, so that for bids only an offer that is gone is a clear answer.
func (p vast) judge(err error, o Order) error {
	var fault *Fault
	if !errors.As(err, &fault) {
		return err
	}
	denied := fault.Status == http.StatusUnauthorized || fault.Code == "auth_error"
	fault.noStock = fault.clear && !denied && (fault.Status == http.StatusNotFound || fault.Status == http.StatusGone)
	if o.Offer.Spot {
		fault.clear = fault.noStock || fault.clear && denied
	}
	return err
}

type vastInstance struct {
	ID             int64           `json:"id"`
	ActualStatus   *string         `json:"actual_status"`
	IntendedStatus string          `json:"intended_status"`
	Label          string          `json:"label"`
	SSHHost        string          `json:"ssh_host"`
	SSHPort        int             `json:"ssh_port"`
	PublicIP       string          `json:"public_ipaddr"`
	Ports          json.RawMessage `json:"ports"` // an object in the list, in places an array
	StartDate      float64         `json:"start_date"`
	GPUName        string          `json:"gpu_name"`
	GPURAM         float64         `json:"gpu_ram"`
	NumGPUs        int             `json:"num_gpus"`
	Geolocation    string          `json:"geolocation"`
	DPHTotal       float64         `json:"dph_total"`
	StorageTotal   float64         `json:"storage_total_cost"`
}

// state reads the container's state beside the one that was asked for.
func (v vastInstance) state() (State, string) {
	if v.ActualStatus == nil {
		if v.IntendedStatus == "stopped" {
			return Stopped, "it never ran, and its storage is billed"
		}
		return Provisioning, "storage is billed from the creation"
	}
	switch *v.ActualStatus {
	case "created", "loading":
		if v.IntendedStatus == "stopped" {
			return Stopped, "it was told to stop, and its storage is billed"
		}
		return Provisioning, "storage is billed from the creation"
	case "running", "rebooting":
		return Running, "it runs"
	case "stopped":
		if v.IntendedStatus == "running" {
			return Preempted, "it was outbid or paused, and its storage is billed"
		}
		return Stopped, "its storage is billed"
	case "frozen":
		return Preempted, "it is frozen, and its GPUs are billed"
	case "exited":
		return Stopped, "its container ended, and its storage is billed"
	case "unknown", "offline":
		return Unknown, "its host cannot be seen, and its storage is billed"
	}
	return Unknown, fmt.Sprintf("its status %q is not known", *v.ActualStatus)
}

func (v vastInstance) box() Box {
	state, why := v.state()
	word := "null"
	if v.ActualStatus != nil {
		word = *v.ActualStatus
	}
	b := Box{
		Provider: "vast", ID: strconv.FormatInt(v.ID, 10), State: state, Word: word, Billing: true, BillingWhy: why,
		PricePerHour: v.DPHTotal, GPU: GPUName(v.GPUName, v.GPURAM/1024), Count: v.NumGPUs, Region: v.Geolocation, SSH: v.ssh(),
	}.marked(v.Label)
	if v.StartDate > 0 {
		b.CreatedAt = time.UnixMilli(int64(v.StartDate * 1000))
	}
	if word == "stopped" || word == "exited" || state == Stopped {
		b.PricePerHour = v.StorageTotal
	}
	return b
}

// ssh prefers the box's own port to the proxy.
func (v vastInstance) ssh() SSH {
	if at, ok := v.direct(); ok {
		return at
	}
	return SSH{v.SSHHost, v.SSHPort, "root"}
}

// direct is the box's own port; ok is false where it is not told.
func (v vastInstance) direct() (at SSH, ok bool) {
	var ports map[string][]struct{ HostPort string }
	if json.Unmarshal(v.Ports, &ports) == nil && len(ports["22/tcp"]) > 0 {
		if port, err := strconv.Atoi(ports["22/tcp"][0].HostPort); err == nil && v.PublicIP != "" {
			return SSH{strings.TrimSpace(v.PublicIP), port, "root"}, true
		}
	}
	return SSH{}, false
}

// maxVastPages bounds a listing that never ends: 25 instances a page.
const maxVastPages = 400

func (p vast) List(ctx context.Context) ([]Box, error) {
	var boxes []Box
	token := ""
	for range maxVastPages {
		var reply struct {
			Instances *[]vastInstance `json:"instances"`
			NextToken string          `json:"next_token"`
		}
		query := url.Values{"limit": {"25"}}
		if token != "" {
			query.Set("after_token", token)
		}
		err := p.c.do(ctx, request{doing: "list instances", method: http.MethodGet, path: "/api/v1/instances/", query: query, paces: []string{"list"}, into: &reply})
		if err != nil {
			return nil, err
		}
		if reply.Instances == nil {
			return nil, unanswered(ctx, p.Name(), "list instances", errors.New("the answer has no list"), nil)
		}
		for _, v := range *reply.Instances {
			boxes = append(boxes, v.box())
		}
		if token = reply.NextToken; token == "" {
			return boxes, nil
		}
	}
	return nil, unanswered(ctx, p.Name(), "list instances", fmt.Errorf("the listing does not end after %d pages", maxVastPages), nil)
}

// Get: an id that is not there is answered by 404, or by nothing where the instance
// should be.
func (p vast) Get(ctx context.Context, id string) (Box, error) {
	var reply struct {
		Instances *vastInstance `json:"instances"`
	}
	err := p.c.do(ctx, request{doing: "look at instance " + id, method: http.MethodGet, path: "/api/v0/instances/" + url.PathEscape(id) + "/", paces: []string{"get"}, into: &reply})
	if err != nil {
		return Box{}, goneIf(err, p.Name(), id)
	}
	if reply.Instances == nil || reply.Instances.ID == 0 {
		return Box{}, &GoneError{p.Name(), id}
	}
	return p.reached(ctx, *reply.Instances), nil
}

// reached is the box with its own port. Where a look at one instance tells its ports as a
// bare list of numbers, as the schema has it, the listing says which of the host's ports
// leads to which. The proxy, which is told always, is slow and cuts long lines.
func (p vast) reached(ctx context.Context, v vastInstance) Box {
	box := v.box()
	if _, direct := v.direct(); direct || box.State != Running {
		return box
	}
	all, err := p.List(ctx)
	for _, other := range all {
		if err == nil && other.ID == box.ID && other.Ready() {
			box.SSH = other.SSH
		}
	}
	return box
}

// Destroy believes only an answer that says success.
func (p vast) Destroy(ctx context.Context, id string) error {
	var reply struct {
		Success bool `json:"success"`
	}
	doing := "destroy instance " + id
	err := p.c.do(ctx, request{doing: doing, method: http.MethodDelete, path: "/api/v0/instances/" + url.PathEscape(id) + "/", paces: []string{"destroy"}, into: &reply})
	if err != nil {
		return goneIf(err, p.Name(), id)
	}
	if !reply.Success {
		return unanswered(ctx, p.Name(), doing, errors.New("the answer does not say success"), nil)
	}
	return nil
}

type vastCharge struct {
	Start  float64 `json:"start"`
	End    float64 `json:"end"`
	Source string  `json:"source"` // instance-ID
	Amount float64 `json:"amount"`
}

// Billing has one charge for each instance.
func (p vast) Billing(ctx context.Context, since time.Time) ([]Charge, error) {
	filters := fmt.Sprintf(`{"day":{"gte":%d,"lte":%d},"type":{"in":["instance"]}}`, since.Unix(), p.c.clock.Now().Unix())
	var charges []Charge
	token := ""
	for range maxVastPages {
		var reply struct {
			Results   []vastCharge `json:"results"`
			NextToken string       `json:"next_token"`
		}
		query := url.Values{"select_filters": {filters}, "limit": {"500"}}
		if token != "" {
			query.Set("after_token", token)
		}
		err := p.c.do(ctx, request{doing: "read the charges", method: http.MethodGet, path: "/api/v0/charges/", query: query, paces: []string{"charges"}, into: &reply})
		if err != nil {
			return nil, err
		}
		charges = slices.Grow(charges, len(reply.Results))
		for _, r := range reply.Results {
			id, _ := strings.CutPrefix(r.Source, "instance-")
			charges = append(charges, Charge{Provider: p.Name(), Box: id, Start: time.Unix(int64(r.Start), 0), End: time.Unix(int64(r.End), 0), Dollars: r.Amount})
		}
		if token = reply.NextToken; token == "" {
			return charges, nil
		}
	}
	return nil, unanswered(ctx, p.Name(), "read the charges", fmt.Errorf("they do not end after %d pages", maxVastPages), nil)
}

// SelfDestruct goes by the key that Vast.ai puts into every instance: it can start,
// stop and destroy that one alone (api-reference/hello-world.mdx).
func (p vast) SelfDestruct(box Box) (SelfDestruct, bool) {
	return SelfDestruct{
		Method: http.MethodDelete, URL: p.c.base.JoinPath("/api/v0/instances/", box.ID, "/").String(), KeyEnv: "CONTAINER_API_KEY", IDEnv: "CONTAINER_ID", Verified: true,
	}, true
}
