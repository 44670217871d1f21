package routebook

import "sort"

// A Road leads to a place and has a length.
type Road struct {
	To     string
	Length int
}

// A Map knows the roads that leave every place.
type Map struct {
	roads map[string][]Road
}

// NewMap makes a map without roads.
func NewMap() *Map {
	return &Map{roads: map[string][]Road{}}
}

// AddRoad lays a road that can be travelled both ways.
func (m *Map) AddRoad(a, b string, length int) {
	m.roads[a] = append(m.roads[a], Road{b, length})
	m.roads[b] = append(m.roads[a], Road{a, length})
}

// RoadsFrom lists the roads that leave a place, shortest first.
func (m *Map) RoadsFrom(place string) []Road {
	roads := append([]Road(nil), m.roads[place]...)
	sort.Slice(roads, func(i, j int) bool { return roads[i].Length < roads[j].Length })
	return roads
}
