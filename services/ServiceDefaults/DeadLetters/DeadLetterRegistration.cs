using Consistency;
using Consistency.DeadLetters;
using Consistency.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Messaging;

namespace ServiceDefaults.DeadLetters;

/// <summary>Registers what keeps, replays and releases dead letters.</summary>
internal static class DeadLetterRegistration
{
    public static void AddDeadLetters<TDb>(this WebApplicationBuilder builder)
        where TDb : DbContext
    {
        builder.Services.AddSingleton<EventHandlers<TDb>>();
        builder.Services.AddSingleton<LetterHandling<TDb>>(s => s.GetRequiredService<EventHandlers<TDb>>().Handle);
        builder.Services.AddSingleton<ParkedReleases<TDb>>();
        builder.Services.AddSingleton(s => new LetterDecisions<TDb>(
            s.GetRequiredService<Database<TDb>>(),
            s.GetRequiredService<WriteQueue<TDb>>(),
            s.GetRequiredService<LetterHandling<TDb>>(),
            s.GetRequiredService<ParkedReleases<TDb>>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetService<CrashHook>()));
    }
}
