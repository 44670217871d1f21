package report

import (
	"encoding/json"
	"fmt"

	"trainyard/mix"
)

// croissantContext is the context that the standard gives for Croissant 1.1, with
// the provenance vocabulary.
var croissantContext = map[string]any{
	"@language": "en", "@vocab": "https://schema.org/",
	"arrayShape": "cr:arrayShape", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
	"containedIn": "cr:containedIn", "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/",
	"data": map[string]any{"@id": "cr:data", "@type": "@json"}, "dataType": map[string]any{"@id": "cr:dataType", "@type": "@vocab"},
	"dct": "http://purl.org/dc/terms/", "description": map[string]any{"@container": "@language"},
	"equivalentProperty": "cr:equivalentProperty", "examples": map[string]any{"@id": "cr:examples", "@type": "@json"},
	"extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
	"fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes", "isArray": "cr:isArray",
	"isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5",
	"name": map[string]any{"@container": "@language"}, "parentField": "cr:parentField", "path": "cr:path", "prov": "http://www.w3.org/ns/prov#",
	"recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
	"replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/", "separator": "cr:separator",
	"source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}

type object = map[string]any

// croissant describes a dataset in Croissant 1.1 (JSON-LD): its files with their
// digests, the columns of its rows, and what it was made of.
func croissant(d *Dataset, p Publishing, outcomes mix.FileDigest) []byte {
	m := d.Manifest
	doc := object{
		"@context": croissantContext, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.1",
		"name": clean(d.Name), "version": "1.0.0",
		"description":          "Trajectories of coding agents, rendered for training. Recipe " + clean(d.Name) + ", fingerprint of the data " + m.Recipe.Data + ".",
		"distribution":         distribution(m, outcomes),
		"recordSet":            []any{rowRecords(m), outcomeRecords()},
		"prov:wasDerivedFrom":  derived(m),
		"prov:wasGeneratedBy":  object{"@type": "prov:Activity", "prov:label": "trainyard prepare, pipeline " + fmt.Sprint(m.Pipeline)},
		"isAccessibleForFree":  true,
		"measurementTechnique": "rejection sampling of agents' trajectories by recorded evidence of success",
		"variableMeasured":     "conversations",
	}
	for key, value := range map[string]string{"license": p.License, "url": p.URL, "datePublished": p.Date} {
		if value != "" {
			doc[key] = value
		}
	}
	if p.Creator != "" {
		doc["creator"] = object{"@type": "sc:Organization", "name": p.Creator}
	}
	data, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		panic("report: " + err.Error())
	}
	return append(data, '\n')
}

// distribution lists the files, and the sets of them that records are read from.
func distribution(m *mix.Manifest, outcomes mix.FileDigest) []any {
	const parquet = "application/x-parquet" // the name that mlcroissant knows it by
	var list []any
	file := func(f mix.FileDigest, kind string) {
		list = append(list, object{
			"@type": "cr:FileObject", "@id": f.File, "name": f.File, "contentUrl": f.File, "encodingFormat": kind,
			"contentSize": fmt.Sprintf("%d B", f.Bytes), "sha256": f.SHA256,
		})
	}
	for _, s := range m.Shards {
		file(s.FileDigest, parquet)
	}
	file(outcomes, parquet)
	file(m.Outcomes, "application/jsonlines")
	file(m.RecipeFile, "application/yaml")
	for _, split := range m.Splits() {
		// In no file: mlcroissant looks for it beside the document.
		list = append(list, object{"@type": "cr:FileSet", "@id": split, "name": split, "encodingFormat": parquet, "includes": split + "-*.parquet"})
	}
	return list
}

// A column of a table, by its type; list says that it holds several in each row.
type column struct {
	name, kind string
	list       bool
}

// besideText are the columns beside conversations.
var besideText = append(texts(false, "traj_id", "instance_id", "task", "repo", "source", "teacher"), numbers(false, "n_tokens", "n_trained_tokens", "n_steps")...)

// rowColumns are those of rows by output, but for messages, which have parts.
var rowColumns = map[string][]column{
	"messages": besideText,
	"turns":    besideText,
	"tokens":   append(numbers(true, "input_ids", "attention_mask", "labels"), texts(false, "traj_id", "task")...),
	"packed":   append(numbers(true, "input_ids", "attention_mask", "labels", "position_ids", "seq_lengths"), texts(true, "traj_ids", "tasks")...),
}

func texts(list bool, names ...string) []column   { return columnsOf("sc:Text", list, names) }
func numbers(list bool, names ...string) []column { return columnsOf("sc:Integer", list, names) }

func columnsOf(kind string, list bool, names []string) (columns []column) {
	for _, name := range names {
		columns = append(columns, column{name, kind, list})
	}
	return columns
}

// rowRecords are the rows to train on; those for validation have the same
// columns.
func rowRecords(m *mix.Manifest) object {
	var fields []any
	for _, c := range rowColumns[m.Output] {
		fields = append(fields, fieldOf("rows", "train", c))
	}
	if hasText(m) {
		messages := fieldOf("rows", "train", column{name: "messages"})
		delete(messages, "dataType")
		delete(messages, "source")
		messages["isArray"], messages["arrayShape"] = true, "-1"
		parts := []any{messageField("role", "sc:Text"), messageField("content", "sc:Text")}
		if m.Output == "turns" {
			parts = append(parts, messageField("loss", "sc:Boolean"))
		}
		messages["subField"] = parts
		fields = append(fields, messages)
	}
	return object{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "description": rowWords(m), "field": fields}
}

func messageField(name, kind string) object {
	return object{
		"@type": "cr:Field", "@id": "rows/messages/" + name, "name": name, "dataType": kind,
		"source": object{"fileSet": object{"@id": "train"}, "extract": object{"column": "messages"}, "transform": object{"jsonPath": "$[*]." + name}},
	}
}

func fieldOf(records, files string, c column) object {
	f := object{
		"@type": "cr:Field", "@id": records + "/" + c.name, "name": c.name, "dataType": c.kind,
		"source": object{"fileSet": object{"@id": files}, "extract": object{"column": c.name}},
	}
	if c.list {
		f["isArray"], f["arrayShape"] = true, "-1"
	}
	return f
}

// outcomeRecords are the accounts of all records that were read.
func outcomeRecords() object {
	var fields []any
	columns := append(texts(false, "source", "file", "traj_id", "outcome", "reason", "detail"), numbers(false, "line", "tokens", "rows")...)
	for _, c := range columns {
		f := fieldOf("outcomes", "", c)
		f["source"] = object{"fileObject": object{"@id": OutcomesFile}, "extract": object{"column": c.name}}
		fields = append(fields, f)
	}
	return object{"@type": "cr:RecordSet", "@id": "outcomes", "name": "outcomes", "description": "What became of each record that was read.", "field": fields}
}

// derived names the files that the rows were made of, by their digests.
func derived(m *mix.Manifest) []any {
	list := []any{}
	for _, s := range m.Sources {
		for _, f := range s.Inputs {
			list = append(list, object{"@type": "prov:Entity", "prov:label": clean(s.Name + ": " + f.File), "sc:sha256": f.SHA256})
		}
	}
	return list
}
