using Spectre.Console;

namespace Cli.Workflows;

/// <summary>Prints a workflow for people.</summary>
internal static class WorkflowPrinter
{
    public static void Print(Terminal terminal, ShownWorkflow workflow)
    {
        var state = workflow.State;
        var started = state.CreatedTimestamp.ToDateTime();
        terminal.Line($"{state.Name} {state.InstanceId}: {state.WorkflowStatus}, started {started:yyyy-MM-dd HH:mm:ss.fff} UTC");
        var table = new Table().Border(TableBorder.None).AddColumns("seconds", "what", "with");
        table.Columns[0].RightAligned().NoWrap();
        table.Columns[1].NoWrap();
        foreach (var line in HistoryLines.Of(workflow.History))
        {
            table.AddRow($"{line.At.TotalSeconds:0.000}", Terminal.Cell(line.What), Terminal.Cell(line.Payload));
        }

        terminal.Out.Write(table);
    }
}
