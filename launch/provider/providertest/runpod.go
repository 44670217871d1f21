package providertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

type runPodAPI struct{ f *Fake }

func (a runPodAPI) paces() map[string]time.Duration { return nil } // it publishes none

func (a runPodAPI) fail(w http.ResponseWriter, status int, _, words string) {
	w.Header().Set("Content-Type", "application/problem+json")
	a.f.json(w, status, map[string]any{"title": http.StatusText(status), "status": status, "detail": words})
}

func (a runPodAPI) routes() map[string]route {
	return map[string]route{
		"GET /v2/catalog/gpus": a.gpus,
		"POST /v2/pods":        a.create,
		"GET /v2/pods":         a.list,
		"GET /v2/pods/*":       a.get,
		"DELETE /v2/pods/*":    a.destroy,
		"GET /v2/billing/pods": a.billing,
	}
}

// runPodGPUs are types of its catalog: id, memory, prices of one, most of a pod.
var runPodGPUs = []struct {
	id                string
	memory            int
	secure, community float64
	most              int
	stock             string
}{
	{"NVIDIA H100 80GB HBM3", 80, 2.99, 2.69, 8, "HIGH"},
	{"NVIDIA H100 PCIe", 80, 2.39, 1.99, 8, "LOW"},
	{"NVIDIA H200", 141, 3.99, 0, 8, "MEDIUM"},
	{"NVIDIA A100-SXM4-80GB", 80, 1.89, 1.39, 8, "NONE"},
	{"NVIDIA GeForce RTX 4090", 24, 0.69, 0.34, 4, "HIGH"},
}

func (a runPodAPI) gpus(w http.ResponseWriter, r *http.Request, _ string, _ any) {
	query := r.URL.Query()
	if query.Get("include") != "AVAILABILITY" || query.Get("product") == "" || !slices.Contains([]string{"", "SECURE", "COMMUNITY"}, query.Get("cloud")) {
		a.f.wrong("gpus", []string{"the query " + r.URL.RawQuery})
		a.fail(w, http.StatusBadRequest, "", "product is required with include=AVAILABILITY")
		return
	}
	var all []map[string]any
	for _, g := range runPodGPUs {
		row := map[string]any{
			"id": g.id, "name": strings.TrimPrefix(g.id, "NVIDIA "), "pool": nil, "manufacturer": "NVIDIA", "memory": g.memory,
			"secure": true, "community": g.community > 0, "availability": g.stock,
			"price": map[string]any{"secure": g.secure, "community": g.community}, "maxCount": map[string]any{"secure": g.most, "community": g.most},
		}
		if g.stock != "NONE" {
			row["dataCenters"] = []map[string]any{{"id": "US-KS-2", "name": "US Kansas 2", "availability": g.stock}}
		}
		all = append(all, row)
	}
	a.f.json(w, http.StatusOK, map[string]any{"gpus": all})
}

var runPodCreate = object(false, []string{"name", "image"}, map[string]shape{
	"name": text(0, `.`), "image": text(0, `.`), "args": text(0, ``), "disk": integer(1), "env": strings2strings,
	"ports": list(0, 0, text(0, `^[0-9]+/(tcp|http|udp)$`)), "registry": text(0, ``), "cloud": word("SECURE", "COMMUNITY"), "cpu": anything,
	"dataCenterIds": list(0, 0, text(0, `.`)), "globalNetworking": truth, "mounts": anything, "startJupyter": truth, "startSsh": truth, "templateId": text(0, `.`),
	"gpu": object(false, []string{"id"}, map[string]shape{"id": text(0, `.`), "count": integer(1), "allowedCudaVersions": anything, "minCudaVersion": text(0, `^\d+\.\d+$`)}),
})

func (a runPodAPI) create(w http.ResponseWriter, r *http.Request, _ string, body any) {
	if faults := runPodCreate("body", body); a.f.wrong("create", faults) {
		a.f.json(w, http.StatusUnprocessableEntity, map[string]any{"title": "Unprocessable Entity", "status": 422, "detail": "Request validation failed.", "errors": faults})
		return
	}
	m := body.(map[string]any)
	gpu, _ := m["gpu"].(map[string]any)
	count := 1.0
	if n, ok := gpu["count"].(float64); ok {
		count = n
	}
	box := &Rented{ID: a.f.newID(), Name: field(body, "name"), GPU: field(gpu, "id"), Count: int(count), Disk: 0.014, Env: stringsOf(m["env"]), Region: "US-KS-2"}
	for _, g := range runPodGPUs {
		if g.id == box.GPU {
			box.Price = g.secure * count
			if field(body, "cloud") == "COMMUNITY" {
				box.Price = g.community * count
			}
		}
	}
	if box.Price == 0 {
		a.fail(w, http.StatusBadRequest, "", "no such GPU type in this cloud")
		return
	}
	if ssh, _ := m["startSsh"].(bool); ssh && box.Env["PUBLIC_KEY"] != "" {
		box.Keys = []string{box.Env["PUBLIC_KEY"]}
	}
	a.f.create(w, r, box, func() { a.f.json(w, http.StatusCreated, a.pod(box)) })
}

func (a runPodAPI) pod(b *Rented) map[string]any {
	status, cost := "RUNNING", b.Price
	actions := []string{"stop", "restart", "terminate"}
	ssh := map[string]any{"proxy": map[string]any{"host": "ssh.runpod.io", "port": 22, "username": b.ID + "-64411eb2", "command": "ssh " + b.ID + "-64411eb2@ssh.runpod.io"}, "direct": nil}
	switch {
	case b.Stopped:
		status, cost, actions = "EXITED", 0, []string{"start", "terminate"}
	case a.f.clock.Now().Sub(b.CreatedAt) < 10*time.Second:
		status, actions = "PROVISIONING", []string{"stop", "terminate"}
	default:
		host, port := a.f.address(b, "195.26.233.3", 34446)
		ssh["direct"] = map[string]any{"host": host, "port": port, "username": "root", "command": fmt.Sprintf("ssh root@%s -p %d", host, port)}
	}
	return map[string]any{
		"id": b.ID, "name": b.Name, "image": "image", "args": "", "disk": 50, "ports": []string{"22/tcp"}, "env": b.Env, "registry": nil,
		"status": status, "actions": actions, "mounts": map[string]any{}, "gpu": map[string]any{"id": b.GPU, "count": b.Count}, "cloud": "SECURE",
		"dataCenterId": b.Region, "cudaVersion": "12.8", "ssh": ssh, "template": nil, "cost": cost, "locked": false, "globalNetworking": map[string]any{"enabled": false},
		"runtime": nil, "createdAt": b.CreatedAt.UTC().Format(time.RFC3339Nano), "startedAt": nil,
	}
}

func (a runPodAPI) list(w http.ResponseWriter, _ *http.Request, _ string, _ any) {
	if a.f.strikes(ListDown) {
		a.fail(w, http.StatusBadGateway, "", "down")
		return
	}
	pods := []any{}
	for _, b := range a.f.listed() {
		pods = append(pods, a.pod(b))
	}
	a.f.json(w, http.StatusOK, map[string]any{"pods": pods})
}

func (a runPodAPI) get(w http.ResponseWriter, _ *http.Request, id string, _ any) {
	b := a.f.seen(id)
	if b == nil {
		a.f.absent(w)
		return
	}
	a.f.json(w, http.StatusOK, a.pod(b))
}

func (a runPodAPI) destroy(w http.ResponseWriter, _ *http.Request, id string, _ any) {
	a.f.destroy(w, id, func(*Rented) { w.WriteHeader(http.StatusNoContent) })
}

func (a runPodAPI) billing(w http.ResponseWriter, r *http.Request, _ string, _ any) {
	start, err := time.Parse(time.RFC3339, r.URL.Query().Get("startTime"))
	if size := r.URL.Query().Get("bucketSize"); err != nil || !slices.Contains([]string{"", "hour", "day", "week", "month", "year"}, size) {
		a.f.wrong("billing", []string{"the query " + r.URL.RawQuery})
	}
	records, total := []any{}, 0.0
	for _, b := range a.f.boxes {
		sum := a.f.cost(b)
		total += sum
		records = append(records, map[string]any{
			"startTime": start.Format(time.RFC3339), "endTime": a.f.clock.Now().UTC().Format(time.RFC3339), "podId": b.ID,
			"totalAmount": sum, "gpuAmount": sum, "cpuAmount": 0, "diskAmount": 0,
		})
	}
	totals := map[string]any{"totalAmount": total, "gpuAmount": total, "cpuAmount": 0, "diskAmount": 0}
	a.f.json(w, http.StatusOK, map[string]any{"records": records, "metadata": map[string]any{
		"query": map[string]any{"bucketSize": "hour", "startTime": start.Format(time.RFC3339), "endTime": a.f.clock.Now().UTC().Format(time.RFC3339)}, "recordCount": len(records), "uniquePodCount": len(records), "totals": totals,
	}})
}
