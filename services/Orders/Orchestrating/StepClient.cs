using System.Text.Json;
using Contracts;
using Dapr.Workflow;
using ServiceDefaults.Commands;
using ServiceDefaults.Traffic;

namespace Orders.Orchestrating;

/// <summary>
/// Calls the other services' steps through Dapr service invocation. A step is called once per attempt of its activity with the same key,
/// so that it acts once however often it is tried.
/// </summary>
/// <param name="clientOf">Makes the client that calls an app; clients are kept.</param>
/// <param name="traffic">Where calls are counted.</param>
internal sealed class StepClient(Func<string, HttpClient> clientOf, TrafficMeter traffic) : IDisposable
{
    private const int ShownCharsMax = 200;

    private readonly Dictionary<string, HttpClient> clients = new[] { AppIds.Inventory, AppIds.Invoices }
        .ToDictionary(id => id, clientOf, StringComparer.Ordinal);

    /// <summary>The service's answer.</summary>
    /// <exception cref="StepFailedException">It did not answer with success: whatever it did is unknown.</exception>
    public async Task<T> CallAsync<T>(WorkflowActivityContext context, string step, string appId, HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation(CommandEndpoints.KeyHeader, $"{context.InstanceId}:{step}");
        if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType(), mediaType: null, JsonSerializerOptions.Web);
            // With its length: a body that does not say it is streamed by Dapr, and so not sent again, whatever the retry policy says.
            await request.Content.LoadIntoBufferAsync();
        }

        traffic.Called(Patterns.Workflow);
        try
        {
            using var response = await clients[appId].SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<T>(answer, JsonSerializerOptions.Web) ?? throw new StepFailedException($"{appId} answered with nothing.")
                : throw new StepFailedException($"{appId} answered {(int)response.StatusCode}: {Shorten(answer)}");
        }
        catch (OperationCanceledException e)
        {
            throw new StepFailedException($"{appId} did not answer within {clients[appId].Timeout.TotalSeconds} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            throw new StepFailedException($"{appId} could not be asked: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        foreach (var client in clients.Values)
        {
            client.Dispose();
        }
    }

    private static string Shorten(string answer) => answer.Length <= ShownCharsMax ? answer : answer[..ShownCharsMax] + "...";
}

/// <summary>An attempt of a step failed; it is tried again, as often as its retries allow.</summary>
public sealed class StepFailedException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>An answer that says nothing about what was done must not be taken for a refusal.</summary>
    public static StepFailedException Unknown(string appId, string? status) => new($"{appId} answered with the unknown status '{status}'.");
}
