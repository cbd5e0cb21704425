using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Sidecar.Hosting;

namespace Tests.Unit.Sidecar.Hosting;

public sealed class BalancedChannelTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Instance _one = new("1");
    private readonly Instance _two = new("2");
    private readonly AppDirectory _directory;

    public BalancedChannelTests() => _directory = new AppDirectory([_one, _two], _time);

    [Fact]
    public async Task instances_take_turns()
    {
        var answers = await SendAsync(10);

        answers.Count(a => a == "1").ShouldBe(5);
        answers.Count(a => a == "2").ShouldBe(5);
        answers.Zip(answers.Skip(1)).ShouldAllBe(pair => pair.First != pair.Second);
    }

    [Fact]
    public async Task one_that_is_not_ready_has_no_turn_until_it_is()
    {
        _one.IsReady = false;
        (await SendAsync(4)).ShouldAllBe(a => a == "2");
        _one.Asked.ShouldBe(0);

        _one.IsReady = true;
        (await SendAsync(4)).Count(a => a == "1").ShouldBe(2);
    }

    [Fact]
    public async Task a_refused_connection_goes_to_the_other_and_is_not_asked_for_again_at_once()
    {
        _one.Failure = HttpRequestError.ConnectionError;

        (await SendAsync(10)).ShouldAllBe(a => a == "2");
        _one.Asked.ShouldBe(1);

        _one.Failure = null;
        _time.Advance(TimeSpan.FromSeconds(2));
        (await SendAsync(2)).ShouldContain("1");
    }

    [Fact]
    public async Task what_may_have_been_received_is_not_sent_to_another()
    {
        (_one.Failure, _two.Failure) = (HttpRequestError.ResponseEnded, HttpRequestError.ResponseEnded);

        await Should.ThrowAsync<HttpRequestException>(() => SendAsync(1));

        (_one.Asked + _two.Asked).ShouldBe(1);
    }

    [Fact]
    public async Task where_all_refuse_each_was_asked_once()
    {
        (_one.Failure, _two.Failure) = (HttpRequestError.ConnectionError, HttpRequestError.ConnectionError);

        await Should.ThrowAsync<HttpRequestException>(() => SendAsync(1));

        (_one.Asked, _two.Asked).ShouldBe((1, 1));
    }

    [Fact]
    public async Task a_request_arrives_at_another_instance_as_it_was()
    {
        _one.Failure = HttpRequestError.ConnectionError;
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("http://127.0.0.1:1/a%20b?c=d%2Fe")) { Content = new StringContent("body") };
            request.Headers.TryAddWithoutValidation("X-Several", ["a", "b"]);
            using var answer = await _directory.Find("app")!.SendAsync(request, CancellationToken.None);
        }

        _two.Received.ShouldAllBe(r => r == "POST http://127.0.0.1:2/a%20b?c=d%2Fe X-Several=a,b dapr-api-token=t body");
        _two.Received.Count.ShouldBe(2);
    }

    [Fact]
    public async Task it_is_ready_with_its_first_instance()
    {
        (_one.IsReady, _two.IsReady) = (false, false);
        var channel = _directory.Find("app")!;
        channel.IsReady.ShouldBeFalse();
        var ready = channel.WhenReadyAsync(CancellationToken.None);
        ready.IsCompleted.ShouldBeFalse();

        _two.IsReady = true;

        await ready;
        channel.IsReady.ShouldBeTrue();
        channel.BaseAddress.ShouldBe(_two.BaseAddress);
    }

    [Fact]
    public void a_sidecar_finds_its_own_instance_under_its_own_id()
    {
        _directory.SeenFrom(_two).Find("app").ShouldBeSameAs(_two);
        _directory.SeenFrom(new Instance("9", "other")).Find("app").ShouldBeOfType<BalancedChannel>();
        _directory.SeenFrom(_two).Find("unknown").ShouldBeNull();
    }

    [Fact]
    public void an_app_of_one_instance_is_reached_as_it_is() =>
        new AppDirectory([_one]).Find("app").ShouldBeSameAs(_one);

    private async Task<List<string>> SendAsync(int count)
    {
        var answers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("http://127.0.0.1:1/"));
            using var answer = await _directory.Find("app")!.SendAsync(request, CancellationToken.None);
            answers.Add(await answer.Content.ReadAsStringAsync());
        }

        return answers;
    }

    private sealed class Instance(string name, string appId = "app") : IAppChannel
    {
        private readonly TaskCompletionSource _ready = new();
        private bool _isReady = true;

        public string AppId => appId;

        public Uri? BaseAddress { get; } = new($"http://127.0.0.1:{name}");

        public int Asked { get; private set; }

        public HttpRequestError? Failure { get; set; }

        public List<string> Received { get; } = [];

        public bool IsReady
        {
            get => _isReady;
            set
            {
                _isReady = value;
                if (value)
                {
                    _ready.TrySetResult();
                }
            }
        }

        public Task WhenReadyAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

        public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked++;
            request.Headers.TryAddWithoutValidation("dapr-api-token", "t");
            if (Failure is { } failure)
            {
                throw new HttpRequestException(failure, "failed", new SocketException((int)SocketError.ConnectionRefused));
            }

            var headers = string.Join(' ', request.Headers.Select(h => $"{h.Key}={string.Join(',', h.Value)}"));
            Received.Add($"{request.Method} {request.RequestUri} {headers} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken))}");
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(name) };
        }
    }
}
