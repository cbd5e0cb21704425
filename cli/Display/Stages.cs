using Spectre.Console;

namespace Cli.Display;

/// <summary>Shows what a command is doing: a bar where someone watches, a line per stage in a log.</summary>
internal sealed class Stages(Terminal terminal)
{
    /// <summary>Runs <paramref name="work"/>, which reports how many of <paramref name="total"/> are done.</summary>
    public async Task<T> RunAsync<T>(string title, int total, Func<Action<int>, Task<T>> work)
    {
        if (!terminal.Out.Profile.Out.IsTerminal)
        {
            return await RunPlainAsync(title, total, work);
        }

        return await terminal.Out.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask(Terminal.Cell(title.PadRight(28)), maxValue: Math.Max(total, 1));
                bar.IsIndeterminate = total == 0;
                var result = await work(done => bar.Value = done);
                bar.IsIndeterminate = false;
                bar.Value = bar.MaxValue;
                return result;
            });
    }

    /// <summary>Runs work of which only the end is known.</summary>
    public Task RunAsync(string title, Func<Task> work) => RunAsync(title, 0, async _ =>
    {
        await work();
        return true;
    });

    private async Task<T> RunPlainAsync<T>(string title, int total, Func<Action<int>, Task<T>> work)
    {
        var start = terminal.Time.GetTimestamp();
        terminal.Line(total > 0 ? $"{title} (0 of {total})" : title);
        var quarter = 0;
        var result = await work(done =>
        {
            var reached = total > 0 ? 4 * done / total : 0;
            if (reached > Volatile.Read(ref quarter) && reached < 4)
            {
                Volatile.Write(ref quarter, reached);
                terminal.Line($"{title} ({done} of {total})");
            }
        });
        terminal.Line($"{title}: done in {terminal.Time.GetElapsedTime(start).TotalSeconds:0.0} s");
        return result;
    }
}
