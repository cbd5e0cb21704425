// Each test starts five processes; one system at a time is what a small machine bears.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
