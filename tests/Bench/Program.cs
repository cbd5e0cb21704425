using System.CommandLine;
using Tests.Bench;

return await new RootCommand("Benchmarks that print figures.") 
{
    WorkflowBench.Create(), ViewBench.Create(), PubSubBench.Create(), InvokeBench.Create(),
}.Parse(args).InvokeAsync();
