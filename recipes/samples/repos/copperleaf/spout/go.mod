module copperleaf.example/spout

go 1.21
