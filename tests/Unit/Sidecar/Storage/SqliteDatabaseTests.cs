using Sidecar.Storage;

namespace Tests.Unit.Sidecar.Storage;

public sealed class SqliteDatabaseTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sqlite-").FullName;
    private SqliteDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _database = SqliteDatabase.Open(Path.Combine(_directory, "new", "test.db"));
        await _database.WriteAsync(static session =>
        {
            session.Execute("CREATE TABLE number (value INTEGER PRIMARY KEY)");
            return true;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task what_was_written_is_read_at_once()
    {
        await InsertAsync(1);

        Count().ShouldBe(1);
    }

    [Fact]
    public async Task work_that_throws_is_undone_alone()
    {
        var all = Enumerable.Range(0, 200)
            .Select(i => _database.WriteAsync(session =>
            {
                Insert(session, i);
                return i % 10 == 3 ? throw new InvalidOperationException($"refused {i}") : i;
            }))
            .ToList();

        for (var i = 0; i < all.Count; i++)
        {
            if (i % 10 == 3)
            {
                (await Should.ThrowAsync<InvalidOperationException>(() => all[i])).Message.ShouldBe($"refused {i}");
            }
            else
            {
                (await all[i]).ShouldBe(i);
            }
        }
        Count().ShouldBe(180);
        _database.Read(static session => (long)session.Prepare("SELECT count(*) FROM number WHERE value % 10 = 3").ExecuteScalar()!).ShouldBe(0);
    }

    [Fact]
    public async Task work_runs_in_the_order_in_which_it_was_queued()
    {
        var order = new List<int>();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _database.WriteAsync(_ =>
        {
            order.Add(i);
            return i;
        })));

        order.ShouldBe(Enumerable.Range(0, 500));
    }

    [Fact]
    public async Task work_whose_caller_has_gone_is_not_done()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => _database.WriteAsync(
            session =>
            {
                Insert(session, 1);
                return true;
            },
            gone.Token));

        Count().ShouldBe(0);
    }

    [Fact]
    public async Task a_transaction_that_breaks_off_fails_all_who_shared_it_and_the_next_one_works()
    {
        var all = Enumerable.Range(0, 50)
            .Select(i => _database.WriteAsync(session =>
            {
                Insert(session, i);
                if (i == 20)
                {
                    session.Execute("ROLLBACK");
                }
                return true;
            }))
            .ToList();
        await Task.WhenAll(all).ContinueWith(static _ => { }, TaskScheduler.Default);

        // Acknowledged and stored are the same set, whichever batches the writes fell into.
        all[20].IsFaulted.ShouldBeTrue();
        Count().ShouldBe(all.Count(task => task.IsCompletedSuccessfully));
        await InsertAsync(1000);
        Count().ShouldBe(all.Count(task => task.IsCompletedSuccessfully) + 1);
    }

    [Fact]
    public async Task users_of_one_file_share_it_until_the_last_has_left()
    {
        var other = SqliteDatabase.Open(Path.Combine(_directory, "new", "..", "new", "test.db"));
        other.ShouldBeSameAs(_database);

        await other.DisposeAsync();

        await InsertAsync(1);
        Count().ShouldBe(1);
    }

    [Fact]
    public async Task a_closed_database_takes_no_work()
    {
        var other = SqliteDatabase.Open(Path.Combine(_directory, "closed.db"));
        await other.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => other.WriteAsync(static _ => true));
    }

    [Fact]
    public async Task readers_in_parallel_have_connections_of_their_own()
    {
        await InsertAsync(1);
        using var both = new Barrier(2);

        var counts = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => _database.Read(session =>
        {
            both.SignalAndWait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            return (long)session.Prepare("SELECT count(*) FROM number").ExecuteScalar()!;
        }))));

        counts.ShouldBe([1, 1]);
    }

    private Task<bool> InsertAsync(int value) => _database.WriteAsync(session =>
    {
        Insert(session, value);
        return true;
    });

    private long Count() => _database.Read(static session => (long)session.Prepare("SELECT count(*) FROM number").ExecuteScalar()!);

    private static void Insert(SqliteSession session, int value)
    {
        var insert = session.Prepare("INSERT INTO number (value) VALUES ($value)", "$value");
        insert.Parameters[0].Value = value;
        insert.ExecuteNonQuery();
    }
}
