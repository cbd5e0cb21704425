using Microsoft.Extensions.Configuration;
using Orders.Orchestrating;

namespace Tests.Unit.Orders;

public sealed class WorkflowSettingsTests
{
    [Fact]
    public void the_file_says_what_the_code_does_without_it()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(RepoFiles.Root, "services", "Orders", "appsettings.json")).Build();

        WorkflowSettings.Read(file).ShouldBe(new WorkflowSettings());
        file["DefaultPattern"].ShouldBe("events");
    }

    [Fact]
    public void one_value_can_be_set_alone()
    {
        var settings = Read(("Workflow:Step:Attempts", "3"));

        settings.Step.ShouldBe(new WorkflowSettings().Step with { Attempts = 3 });
        settings.Undo.ShouldBe(new WorkflowSettings().Undo);
    }

    [Fact]
    public void steps_outlast_a_minute_and_compensations_five()
    {
        Pauses(new WorkflowSettings().Step).ShouldBe(TimeSpan.FromSeconds(62.5));
        Pauses(new WorkflowSettings().Undo).ShouldBe(TimeSpan.FromSeconds(305.5));
    }

    [Theory]
    [InlineData("Workflow:Step:Attempts", "0", "Workflow:Step:Attempts")]
    [InlineData("Workflow:Undo:Attempts", "41", "lengthen PauseMax")]
    [InlineData("Workflow:Decide:FirstPause", "01:00:01", "Workflow:Decide")]
    [InlineData("Workflow:Step:FirstPause", "00:00:00", "Workflow:Step")]
    [InlineData("Workflow:CallTimeout", "00:00:00", "Workflow:CallTimeout")]
    [InlineData("Workflow:CallTimeout", "10", "00:00:10")]
    [InlineData("Workflow:CallTimeout", "ten", "Workflow:CallTimeout")]
    [InlineData("Workflow:Decide:FirstPause", "00:00:10", "overflow")]
    [InlineData("Workflow:Stepp:Attempts", "3", "'Stepp'")]
    [InlineData("Workflow:Step:Attemps", "3", "'Attemps'")]
    public void a_value_out_of_bounds_is_refused_by_name(string key, string value, string told) =>
        Should.Throw<InvalidOperationException>(() => Read((key, value))).Message.ShouldContain(told);

    private static WorkflowSettings Read(params (string Key, string Value)[] values) => WorkflowSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build());

    private static TimeSpan Pauses(RetryPace pace) => Enumerable.Range(0, pace.Attempts - 1)
        .Select(i => TimeSpan.FromSeconds(Math.Min(pace.FirstPause.TotalSeconds * Math.Pow(2, i), pace.PauseMax.TotalSeconds)))
        .Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause);
}
