package providertest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type vastAPI struct{ f *Fake }

func (a vastAPI) paces() map[string]time.Duration {
	return map[string]time.Duration{
		"POST /api/v0/bundles/": 6 * time.Second, "PUT /api/v0/asks/*/": 4500 * time.Millisecond, "GET /api/v1/instances/": time.Second,
		"GET /api/v0/instances/*/": 2 * time.Second, "DELETE /api/v0/instances/*/": 3 * time.Second, "GET /api/v0/charges/": time.Second,
	}
}

func (a vastAPI) fail(w http.ResponseWriter, status int, code, words string) {
	if status == http.StatusTooManyRequests { // often plain text
		w.WriteHeader(status)
		_, _ = fmt.Fprintln(w, "API requests too frequent")
		return
	}
	if code == "" {
		code = "invalid_args"
	}
	a.f.json(w, status, map[string]any{"success": false, "error": code, "msg": words})
}

func (a vastAPI) routes() map[string]route {
	return map[string]route{
		"POST /api/v0/bundles/":       a.search,
		"PUT /api/v0/asks/*/":         a.rent,
		"GET /api/v1/instances/":      a.list,
		"GET /api/v0/instances/*/":    a.get,
		"DELETE /api/v0/instances/*/": a.destroy,
		"GET /api/v0/charges/":        a.charges,
	}
}

var vastGPUs = []struct {
	name   string
	memory float64 // MB
	count  int
	price  float64
	bid    float64
}{
	{"H100 SXM", 81559, 8, 17.6, 9.6},
	{"H100 SXM", 81559, 1, 2.27, 1.2},
	{"H200", 143771, 8, 25.1, 14},
	{"RTX 4090", 24564, 1, 0.31, 0.12},
}

var condition = object(true, nil, nil)

var vastSearch = object(true, nil, map[string]shape{
	"limit": integer(1), "type": word("ondemand", "bid", "reserved"), "verified": condition, "rentable": condition, "rented": condition, "num_gpus": condition,
	"gpu_name": condition, "direct_port_count": condition, "disk_space": condition, "order": list(0, 0, list(2, 2, text(0, `.`))), "allocated_storage": number(0, 1e9),
})

// search gives new offers each time: an offer can be taken once.
func (a vastAPI) search(w http.ResponseWriter, _ *http.Request, _ string, body any) {
	if a.f.wrong("search", vastSearch("body", body)) {
		a.fail(w, http.StatusBadRequest, "invalid_request", "Invalid json body")
		return
	}
	m := body.(map[string]any)
	offers := []any{}
	for i, g := range vastGPUs {
		if !accepts(m["num_gpus"], float64(g.count)) || !accepts(m["gpu_name"], g.name) {
			continue
		}
		a.f.offer++
		price := g.price
		if m["type"] == "bid" {
			price = g.bid
		}
		offers = append(offers, map[string]any{
			"id": a.f.offer*10 + i, "ask_contract_id": a.f.offer*10 + i, "gpu_name": g.name, "num_gpus": g.count, "gpu_ram": g.memory, "gpu_total_ram": g.memory * float64(g.count),
			"dph_base": price, "dph_total": price, "min_bid": g.bid, "geolocation": "Utah, US", "rentable": true, "rented": false, "verification": "verified", "reliability2": 0.99,
			"cpu_cores_effective": 96.0, "cpu_ram": 1547000, "disk_space": 2048.5, "is_bid": m["type"] == "bid",
		})
	}
	a.f.json(w, http.StatusOK, map[string]any{"offers": offers})
}

// accepts applies a filter of a search.
func accepts(filter, v any) bool {
	m, ok := filter.(map[string]any)
	if !ok {
		return true
	}
	if want, ok := m["eq"]; ok {
		return want == v
	}
	if all, ok := m["in"].([]any); ok {
		for _, want := range all {
			if want == v {
				return true
			}
		}
		return false
	}
	return true
}

var vastRent = object(true, []string{"image"}, map[string]shape{
	"image": text(1024, `.`), "label": text(256, ``), "disk": number(8, 1e9), "runtype": word("ssh", "jupyter", "args", "ssh_proxy", "ssh_direct", "jupyter_proxy", "jupyter_direct"),
	"target_state": word("running", "stopped"), "price": number(0.001, 128), "cancel_unavail": truth, "onstart": text(4096, ``), "env": strings2strings,
})

func (a vastAPI) rent(w http.ResponseWriter, r *http.Request, ask string, body any) {
	if a.f.wrong("rent", vastRent("body", body)) {
		a.fail(w, http.StatusBadRequest, "", "error 400/3467: Invalid args")
		return
	}
	n, err := strconv.Atoi(ask)
	if err != nil || n < 40000 || n%10 >= len(vastGPUs) || a.f.taken[ask] {
		a.fail(w, http.StatusNotFound, "no_such_ask", "error 404/3603: no_such_ask Instance type by id "+ask+" is not available.")
		return
	}
	m := body.(map[string]any)
	g := vastGPUs[n%10]
	bid, spot := m["price"].(float64)
	box := &Rented{ID: a.f.newID(), Name: field(body, "label"), GPU: g.name, Count: g.count, Price: g.price, Disk: 0.02, Env: stringsOf(m["env"]), Onstart: field(body, "onstart"), Region: "Utah, US", Spot: spot}
	if spot {
		box.Price = bid
	}
	if strings.Contains(box.Onstart, "authorized_keys") {
		box.Keys = []string{box.Onstart}
	}
	if a.f.strikes(BidTooLow) {
		a.f.taken[ask] = true
		box.Stopped, box.NeverRan = true, true
		a.f.add(box)
		a.fail(w, http.StatusBadRequest, "invalid_price", "the bid is too low")
		return
	}
	made := len(a.f.boxes)
	a.f.create(w, r, box, func() {
		contract, _ := strconv.Atoi(box.ID) // our own
		a.f.json(w, http.StatusOK, map[string]any{"success": true, "new_contract": contract, "instance_api_key": "key-of-the-box-" + box.ID})
	})
	if len(a.f.boxes) > made {
		a.f.taken[ask] = true
	}
}

func (a vastAPI) instance(b *Rented) map[string]any {
	id, _ := strconv.Atoi(b.ID) // our own
	host, port := a.f.address(b, "192.0.2.45", 20000)
	i := map[string]any{
		"id": id, "actual_status": "running", "intended_status": "running", "cur_state": "running", "next_state": "running", "label": b.Name,
		"ssh_host": "ssh6.vast.ai", "ssh_port": 10600, "public_ipaddr": host, "start_date": float64(b.CreatedAt.UnixMilli()) / 1000,
		"gpu_name": b.GPU, "gpu_ram": vastMemory(b.GPU), "num_gpus": b.Count, "geolocation": b.Region, "dph_total": b.Price, "storage_total_cost": b.Disk,
		"is_bid": b.Spot, "image_uuid": "image", "onstart": b.Onstart, "extra_env": envPairs(b.Env),
		"ports": map[string]any{"22/tcp": []any{map[string]any{"HostIp": "0.0.0.0", "HostPort": strconv.Itoa(port)}}},
	}
	switch {
	case b.NeverRan:
		i["actual_status"], i["intended_status"], i["cur_state"], i["ports"] = nil, "stopped", "stopped", nil
	case b.Stopped:
		i["actual_status"], i["cur_state"], i["ports"] = "stopped", "stopped", nil
	case a.f.clock.Now().Sub(b.CreatedAt) < 10*time.Second:
		i["actual_status"], i["ports"] = "loading", nil
	}
	return i
}

func vastMemory(name string) float64 {
	for _, g := range vastGPUs {
		if g.name == name {
			return g.memory
		}
	}
	return 0
}

func envPairs(env map[string]string) [][]string {
	pairs := [][]string{}
	for name, value := range env {
		pairs = append(pairs, []string{name, value})
	}
	return pairs
}

// vastPage is how many instances a page has: fewer than the 25 of the real one, so
// that tests turn pages.
const vastPage = 2

func (a vastAPI) list(w http.ResponseWriter, r *http.Request, _ string, _ any) {
	if a.f.strikes(ListDown) {
		a.fail(w, http.StatusBadGateway, "", "down")
		return
	}
	all := a.f.listed()
	from, _ := strconv.Atoi(r.URL.Query().Get("after_token")) // 0 for the first page
	if from > len(all) {
		from = len(all)
	}
	page := []any{}
	for _, b := range all[from:min(from+vastPage, len(all))] {
		page = append(page, a.instance(b))
	}
	var next any
	if from+vastPage < len(all) {
		next = strconv.Itoa(from + vastPage)
	}
	a.f.json(w, http.StatusOK, map[string]any{"success": true, "instances_found": len(page), "total_instances": len(all), "next_token": next, "instances": page})
}

// get answers an id that is not there with nothing where the instance should be.
func (a vastAPI) get(w http.ResponseWriter, _ *http.Request, id string, _ any) {
	b := a.f.seen(id)
	if b == nil {
		a.f.json(w, http.StatusOK, map[string]any{"instances": nil})
		return
	}
	i := a.instance(b)
	delete(i, "extra_env")
	i["ports"] = []int{8080} // here the schema has an array of numbers, and in the list an object
	a.f.json(w, http.StatusOK, map[string]any{"instances": i})
}

func (a vastAPI) destroy(w http.ResponseWriter, _ *http.Request, id string, _ any) {
	a.f.destroy(w, id, func(*Rented) { a.f.json(w, http.StatusOK, map[string]any{"success": true}) })
}

func (a vastAPI) charges(w http.ResponseWriter, r *http.Request, _ string, _ any) {
	var filters struct{ Day struct{ GTE, LTE int64 } }
	if err := json.Unmarshal([]byte(r.URL.Query().Get("select_filters")), &filters); err != nil || filters.Day.GTE == 0 || filters.Day.LTE == 0 {
		a.f.wrong("charges", []string{"the query " + r.URL.RawQuery})
		a.f.json(w, http.StatusBadRequest, map[string]any{"success": false, "msg": "Must provide both 'day' gte and lte filters for instance charges"})
		return
	}
	results := []any{}
	for _, b := range a.f.boxes {
		results = append(results, map[string]any{
			"start": b.CreatedAt.Unix(), "end": a.f.clock.Now().Unix(), "type": "instance", "source": "instance-" + b.ID,
			"description": "Instance " + b.ID + " Charges", "amount": a.f.cost(b), "metadata": map[string]any{"label": b.Name}, "items": []any{},
		})
	}
	a.f.json(w, http.StatusOK, map[string]any{"success": true, "count": len(results), "total": len(results), "next_token": nil, "results": results})
}
