namespace Tests.Contract.Recorded;

/// <summary>The list of differences says no more than the truth.</summary>
public sealed class ListedDifferenceTests(Replays replays)
{
    public static TheoryData<int, string> Listed => [.. Differences.All.Index().Select(static d => (d.Index, $"{d.Item.Recording}: {d.Item.Entry}: {d.Item.Field}"))];

    [Theory]
    [MemberData(nameof(Listed))]
    public async Task a_listed_difference_still_differs(int number, string _)
    {
        var listed = Differences.All[number];
        var places = RecordedScene.All.Values
            .SelectMany(static scene => Stages.Kinds(scene).Select(kind => (scene.Recording, Kind: kind)))
            .Where(p => listed.IsIn(p.Recording, p.Kind)).ToList();
        foreach (var (recording, kind) in places)
        {
            foreach (var outcome in await replays.PlayAsync(recording, kind))
            {
                if (outcome.Deviations.Any(d => listed.Covers(recording, kind, outcome.Title, d)))
                {
                    return;
                }
            }
        }
        Assert.Fail($"nothing differs any more in {listed.Field} of {listed.Entry}: take it off the list");
    }
}
