using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Consistency.Storage;
using Contracts;
using Contracts.DeadLetters;
using Contracts.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using ServiceDefaults.Messaging;
using Tests.Unit.Consistency;

namespace Tests.Unit.ServiceDefaults;

/// <summary>A service's subscriptions and dead letters over HTTP, as Dapr and the gateway call them: real endpoints, a real database, no broker.</summary>
public sealed class DeadLetterEndpointsTests : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("letters-").FullName;
    private readonly HttpClient http = new();
    private WebApplication app = null!;
    private volatile bool isBroken = true;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("DATA_DIR", (string?)directory)]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddConsistentService<TallyDb>("tallies", o => new TallyDb(o));
        app = builder.Build();
        app.MapConsistentService<TallyDb>(_ => 0);
        await app.Services.GetRequiredService<WriteQueue<TallyDb>>().ExecuteAsync(work => work.Db.Database.ExecuteSqlRaw(
            "CREATE TABLE tally (Name TEXT PRIMARY KEY, Count INTEGER NOT NULL)"));
        app.MapEvent<TallyDb, TallyRaised>((work, message) =>
        {
            KernelFixture.Process.Raise(work, message.Subject);
            if (isBroken)
            {
                throw new InvalidOperationException("the handler is broken");
            }
        });
        app.MapTopics<TallyDb>(Topics.Orders);
        await app.StartAsync();
        http.BaseAddress = new Uri(app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task a_message_that_is_given_up_is_listed_shown_and_replayed_with_what_waited_behind_it()
    {
        (await DeliverAsync("tally.raised.v1", Event("m1"))).ShouldBe(["RETRY"]);
        (await DeliverAsync("tally.raised.v1", Event("m1"))).ShouldBe(["RETRY"]);
        (await DeliverAsync("orders.deadletter", Event("m1"))).ShouldBe(["SUCCESS"]);
        (await DeliverAsync("tally.raised.v1", Event("m2", version: 2))).ShouldBe(["SUCCESS"]);
        (await ProgressAsync()).ShouldBe((1, 1));

        var letter = (await ListAsync("?status=dead&subject=a")).Items.Single();
        (letter.MessageId, letter.Consumer, letter.Topic, letter.Attempts).ShouldBe(("m1", "tallies", "orders", 2));
        letter.Reason.ShouldBe("InvalidOperationException: the handler is broken");
        letter.Traceparent.ShouldBe("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        var details = await http.GetFromJsonAsync<DeadLetterDetails>($"/deadletters/{letter.Id}");
        details!.ParkedBehind.ShouldBe(1);
        details.Envelope.GetProperty("data").GetProperty("name").GetString().ShouldBe("a");

        (await PostAsync<LetterOutcome>($"/deadletters/{letter.Id}/replay", "")).Result.ShouldBe(LetterResults.Failed);
        isBroken = false;
        var outcome = await PostAsync<LetterOutcome>($"/deadletters/{letter.Id}/replay", """{"by":"ann"}""");

        (outcome.Result, outcome.Released).ShouldBe((LetterResults.Handled, 1));
        (await ProgressAsync()).ShouldBe((0, 0));
        (await ListAsync("?status=replayed")).Items.Select(l => l.EndedBy).ShouldBe(["ann", "its turn"]);
    }

    [Fact]
    public async Task what_only_another_service_handles_is_not_kept_and_what_nobody_knows_is_with_the_reason()
    {
        (await DeliverAsync("orders.deadletter", Event("m1", type: "order.placed.v1"))).ShouldBe(["SUCCESS"]);
        (await DeliverAsync("orders/others", Event("m2", type: "order.placed.v1"), Event("m3", type: "tally.raised.v2"), Event("m4", type: "ship.sunk.v1"), "[]"))
            .ShouldBe(["SUCCESS", "DROP", "DROP", "DROP"]);
        (await DeliverAsync("orders.deadletter", Event("m3", type: "tally.raised.v2"), "[]")).ShouldBe(["SUCCESS", "SUCCESS"]);

        var letters = (await ListAsync("")).Items;
        letters.Select(l => l.MessageId).ShouldBe(["m3", "m4", letters[2].MessageId]);
        letters[0].Reason.ShouldBe("'tally.raised.v2' is a version that this service does not handle");
        letters[1].Reason.ShouldBe("'ship.sunk.v1' is a type that no service knows");
        letters[2].MessageId.ShouldStartWith("sha256:");
        isBroken = false;
        (await DeliverAsync("tally.raised.v1", Event("m5", version: 2))).ShouldBe(["SUCCESS"]);
        (await ProgressAsync()).ShouldBe((3, 1), "a version of tomorrow holds its aggregate, a foreign type does not");
        (await PostAsync<LetterOutcome>($"/deadletters/{letters[0].Id}/replay", "{}")).Result.ShouldBe(LetterResults.Failed);
    }

    [Fact]
    public async Task a_letter_with_text_that_is_none_is_shown_and_discarded_like_others()
    {
        (await DeliverAsync("tally.raised.v1", """{"id":"m1","type":"tally.raised.v1","subject":"a","aggregateversion":"\ud800","data":{"name":"\ud800"}}"""))
            .ShouldBe(["DROP"]);

        (await http.GetStringAsync("/deadletters/1")).ShouldContain("m1");
        (await PostAsync<LetterOutcome>("/deadletters/1/replay", "{}")).Result.ShouldBe(LetterResults.Failed);
        (await PostAsync<LetterOutcome>("/deadletters/1/discard", """{"note":"no text"}""")).Result.ShouldBe(LetterResults.Discarded);
    }

    [Fact]
    public async Task letters_are_replayed_by_filter_and_discarded_with_a_note()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            await DeliverAsync("orders.deadletter", Event($"m-{id}", subject: id));
        }

        var dry = await PostAsync<LettersOutcome>("/deadletters/replay", """{"all":true,"dryRun":true}""");
        dry.Outcomes.Select(o => o.Result).ShouldBe(["would-replay", "would-replay", "would-replay"]);
        isBroken = false;
        (await PostAsync<LettersOutcome>("/deadletters/replay", """{"filter":{"subject":"b"},"by":"ann"}""")).Outcomes.Single().Subject.ShouldBe("b");
        (await PostAsync<LettersOutcome>("/deadletters/discard", """{"filter":{"reason":"never reached"},"note":"test orders"}"""))
            .Outcomes.Select(o => o.Result).ShouldBe(["discarded", "discarded"]);

        (await ListAsync("?status=discarded")).Items.Select(l => (l.Subject, l.Note)).ShouldBe([("a", "test orders"), ("c", "test orders")]);
    }

    [Theory]
    [InlineData("?status=lost", "status")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?after=-1", "after")]
    [InlineData("?olderThanSeconds=-1", "olderThanSeconds")]
    [InlineData("?subject=", "subject")]
    public async Task a_bad_question_is_told_by_field(string query, string field)
    {
        using var response = await http.GetAsync("/deadletters" + query);

        await ShouldNameAsync(response, field);
    }

    [Theory]
    [InlineData("/deadletters/1/discard", "{}", "note")]
    [InlineData("/deadletters/1/discard", """{"note":" "}""", "note")]
    [InlineData("/deadletters/1/replay", """{"by":"a\u0000b"}""", "by")]
    [InlineData("/deadletters/replay", "{}", "filter")]
    [InlineData("/deadletters/replay", """{"filter":{}}""", "filter")]
    [InlineData("/deadletters/replay", """{"filter":{"topic":"orders"},"all":true}""", "filter")]
    [InlineData("/deadletters/replay", """{"all":true,"after":-1}""", "after")]
    [InlineData("/deadletters/discard", """{"all":true}""", "note")]
    public async Task a_bad_decision_is_told_by_field(string path, string body, string field)
    {
        using var response = await SendAsync(path, body);

        await ShouldNameAsync(response, field);
    }

    [Fact]
    public async Task an_unknown_letter_is_404_and_one_that_must_be_left_alone_409_with_the_reason()
    {
        await DeliverAsync("orders.deadletter", Event("m1"), Event("m2", version: 2));
        await DeliverAsync("orders.deadletter", Event("m3", subject: "b"));
        await PostAsync<LetterOutcome>("/deadletters/3/discard", """{"note":"x"}""");

        foreach (var (path, body, status, detail) in new[]
        {
            ("/deadletters/99/replay", "{}", HttpStatusCode.NotFound, "There is no dead letter '99'"),
            ("/deadletters/99/discard", """{"note":"x"}""", HttpStatusCode.NotFound, "There is no dead letter '99'"),
            ("/deadletters/2/replay", "{}", HttpStatusCode.Conflict, "letter 1 of the same aggregate comes first"),
            ("/deadletters/3/replay", "{}", HttpStatusCode.Conflict, "discarded at"),
            ("/deadletters/m1/replay", "{}", HttpStatusCode.NotFound, ""),
            ("/deadletters/replay", "nonsense", HttpStatusCode.BadRequest, "JSON"),
        })
        {
            using var response = await SendAsync(path, body);
            response.StatusCode.ShouldBe(status, path);
            (await response.Content.ReadAsStringAsync()).ShouldContain(detail);
        }

        using var unknown = await http.GetAsync("/deadletters/99");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task ShouldNameAsync(HttpResponseMessage response, string field)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("errors").TryGetProperty(field, out _).ShouldBeTrue(problem.GetRawText());
    }

    private static string Event(string id, string subject = "a", long version = 1, string type = "tally.raised.v1") =>
        $$$"""
        {"id":"{{{id}}}","type":"{{{type}}}","topic":"orders","subject":"{{{subject}}}","aggregateversion":{{{version}}},
         "traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{"name":"{{{subject}}}","count":1}}
        """;

    private async Task<IReadOnlyList<string>> DeliverAsync(string route, params string[] events)
    {
        var entries = events.Select((e, i) => $$$"""{"entryId":"{{{i}}}","event":{{{e}}},"contentType":"application/cloudevents+json","metadata":{}}""");
        using var response = await SendAsync($"/events/{route}", $$$"""{"entries":[{{{string.Join(',', entries)}}}],"topic":"orders","metadata":{}}""");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. answer.GetProperty("statuses").EnumerateArray().OrderBy(s => int.Parse(s.GetProperty("entryId").GetString()!))
            .Select(s => s.GetProperty("status").GetString()!)];
    }

    private async Task<Page<DeadLetterEntry>> ListAsync(string query) => (await http.GetFromJsonAsync<Page<DeadLetterEntry>>("/deadletters" + query))!;

    private async Task<(long Dead, long Parked)> ProgressAsync()
    {
        var progress = await http.GetFromJsonAsync<ServiceProgress>("/progress");
        return (progress!.DeadLetters, progress.Parked);
    }

    private async Task<T> PostAsync<T>(string path, string body)
    {
        using var response = await SendAsync(path, body);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<T>())!;
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string body)
    {
        using var content = body.Length == 0 ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await http.PostAsync(path, content);
    }
}
