namespace Gateway.Views.Following;

/// <summary>Wakes those who wait for an order's next change in the view.</summary>
internal sealed class ViewSignal
{
    private readonly Dictionary<string, List<Waiter>> waiting = new(StringComparer.Ordinal);

    /// <summary>
    /// Begins to wait. Before looking at the view: a change between the looking and the waiting is then not missed.
    /// </summary>
    public Waiter WaitFor(string orderId)
    {
        var waiter = new Waiter(this, orderId);
        lock (waiting)
        {
            if (!waiting.TryGetValue(orderId, out var others))
            {
                waiting[orderId] = others = [];
            }

            others.Add(waiter);
        }

        return waiter;
    }

    /// <summary>These orders have changed in the view; after the commit.</summary>
    public void Set(IEnumerable<string> orderIds)
    {
        lock (waiting)
        {
            if (waiting.Count == 0)
            {
                return;
            }

            foreach (var orderId in orderIds)
            {
                waiting.GetValueOrDefault(orderId)?.ForEach(w => w.Wake());
            }
        }
    }

    private void Remove(Waiter waiter)
    {
        lock (waiting)
        {
            var others = waiting[waiter.OrderId];
            others.Remove(waiter);
            if (others.Count == 0)
            {
                waiting.Remove(waiter.OrderId);
            }
        }
    }

    /// <summary>One who waits, until disposed of.</summary>
    internal sealed class Waiter(ViewSignal signal, string orderId) : IDisposable
    {
        private TaskCompletionSource changed = Create();

        public string OrderId => orderId;

        /// <summary>Completes with the next change. Taken before each look at the view.</summary>
        public Task Next()
        {
            if (Volatile.Read(ref changed).Task is { IsCompleted: false } pending)
            {
                return pending;
            }

            Volatile.Write(ref changed, Create());
            return Volatile.Read(ref changed).Task;
        }

        public void Dispose() => signal.Remove(this);

        internal void Wake() => Volatile.Read(ref changed).TrySetResult();

        private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
