#include "net/server.hpp"

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <future>
#include <memory>
#include <thread>

#include "access/accounts.hpp"
#include "access/oidc.hpp"
#include "access/sessions.hpp"
#include "base/limits.hpp"
#include "net/event_loop.hpp"
#include "net/http_session.hpp"
#include "net/listener.hpp"
#include "net/log.hpp"
#include "net/work_pool.hpp"
#include "plan/import.hpp"
#include "room/epoch.hpp"
#include "room/registry.hpp"
#include "storage/rocks_plan_log.hpp"

namespace footprint::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr unsigned kIoThreadsMax = 8;
constexpr unsigned kBlockingThreads = 4;
// Each may hold the memory that a password takes to check.
constexpr unsigned kAccountThreads = 2;
// They wait for providers of single sign-on.
constexpr unsigned kSsoThreads = 2;
constexpr std::uint32_t kTidyEveryMs = 60'000;
constexpr std::uint32_t kMailEveryMs = 1'000;

/// Why the process ends: 0 for a signal, 1 for a failure that was logged.
using StopReason = std::promise<int>;

void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

Status check_settings(const ServerSettings& settings) {
  bool loopback = is_loopback_address(settings.listen_address);
  if ((settings.demo || settings.bench) && !loopback) {
    return fail(ErrorKind::kInvalid, "settings.listen",
                std::string(settings.demo ? "A demo lets anybody sign in as anybody"
                                          : "Bench rooms have no rights") +
                    ", so it may only listen on a loopback address such as 127.0.0.1, not on " +
                    settings.listen_address + ".");
  }
  if (!settings.sso.empty() && settings.public_url.empty() && !loopback) {
    return fail(
        ErrorKind::kInvalid, "settings.public_url",
        "Single sign-on needs public_url, so that providers send people back to this server.");
  }
  if (settings.data_dir.empty()) {
    return fail(ErrorKind::kInvalid, "settings.data", "Say where the plans are kept, with --data.");
  }
  return {};
}

Status import_worked_example(storage::PlanLog& log) {
  auto plans = log.plans();
  if (!plans) return forward_error(plans.error());
  if (!plans->empty()) return {};
  auto imported = plan::import_plan(plan::worked_example(), room::new_epoch());
  if (!imported) return forward_error(imported.error());
  std::vector<storage::NewEvent> events;
  for (const auto& event : imported->events) {
    events.push_back({static_cast<std::uint16_t>(event.kind), plan::encode_event(event)});
  }
  std::promise<Result<storage::Appended>> done;
  auto appended = done.get_future();
  log.append(imported->id, 0, std::move(events),
             [&done](Result<storage::Appended> result) { done.set_value(std::move(result)); });
  auto result = appended.get();
  if (!result) return forward_error(result.error());
  log::write(log::Level::kInfo, "demo.imported",
             {{"plan", imported->id.value}, {"events", result->events.size()}});
  return {};
}

access::SessionOptions session_options(const ServerSettings& settings) {
  access::SessionOptions options;
  options.behind_tls = settings.behind_tls_proxy;
  options.lifetime_ms = settings.session_lifetime_ms;
  return options;
}

/// Everything that runs, in the order in which it is made; run() takes it down again.
class Process {
 public:
  explicit Process(const ServerSettings& settings)
      : settings_(settings),
        sessions_(session_options(settings)),
        blocking_(kBlockingThreads),
        account_work_(kAccountThreads),
        mail_work_(1),
        sso_work_(kSsoThreads) {}

  /// What can fail before anybody is let in: settings, port, web app.
  Status open();
  int run();

 private:
  void make_loops();
  Status open_data();
  Status open_accounts();
  Status open_sso();
  access::AccountsOptions accounts_options() const;
  void offer_setup();
  void tidy_later();
  void send_mail_later();
  void make_http_context();
  std::string own_url() const;
  Status listen();
  void accepted(int fd, std::string peer);
  void stop_on_signals();
  void request_stop(int exit_code);
  void shut_down();
  void shut_down_rooms(steady_clock::time_point until);
  /// For the answers under way, too.
  void wait_for_sockets(steady_clock::time_point until);

  const ServerSettings& settings_;
  SystemClock clock_;
  access::Sessions sessions_;
  std::unique_ptr<access::Accounts> accounts_;
  std::unique_ptr<storage::PlanLog> log_;
  WorkPool blocking_;
  WorkPool account_work_;
  WorkPool mail_work_;  // waits for the mail server
  std::unique_ptr<access::SingleSignOn> sso_;
  WorkPool sso_work_;
  std::vector<std::unique_ptr<EventLoop>> loops_;
  std::unique_ptr<boost::asio::signal_set> signals_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<room::RoomRegistry> registry_;
  std::unique_ptr<api::Api> api_;
  HttpContext http_;
  std::atomic<std::size_t> connections_ = 0;
  std::size_t next_loop_ = 0;
  std::atomic<bool> stop_requested_ = false;
  std::atomic<bool> mailing_ = false;
  StopReason stop_reason_;
};

Status Process::open() {
  auto checked = check_settings(settings_);
  if (!checked) return checked;
  raise_file_limit();
  make_loops();
  // The port first: a second server on it must not touch the data.
  auto listener = Listener::bind(*loops_[0], settings_.listen_address, settings_.listen_port);
  if (!listener) return forward_error(listener.error());
  listener_ = std::move(*listener);
  if (!settings_.web_dir.empty()) {
    auto files = StaticFiles::load(settings_.web_dir);
    if (!files) return forward_error(files.error());
    http_.files = std::move(*files);
  }
  http_.policy.demo = settings_.demo;
  http_.policy.behind_tls_proxy = settings_.behind_tls_proxy;
  http_.policy.allowed_origins = settings_.allowed_origins;
  http_.policy.loopback_hosts_only = settings_.demo || settings_.bench;
  http_.readiness = [this]() -> Status {
    if (http_.stopping) {
      return fail(ErrorKind::kUnavailable, "server.stopping", "The server is stopping.");
    }
    if (!http_.open) {
      return fail(ErrorKind::kUnavailable, "server.starting", "The server is opening its data.");
    }
    return log_->writable();
  };
  return {};
}

/// Reading back what the disk holds may take its time: the server answers /healthz meanwhile.
Status Process::open_data() {
  storage::RocksPlanLogOptions options;
  options.on_write_failure = [this](const Error& error) {
    log::write(log::Level::kError, "log.write_failed", {{"message", error.message}});
    request_stop(1);
  };
  options.on_warning = [](const Error& error) {
    log::write(log::Level::kWarn, "log.warning",
               {{"code", error.code}, {"message", error.message}});
  };
  auto opened = storage::open_rocks_plan_log(settings_.data_dir, std::move(options));
  if (!opened) return forward_error(opened.error());
  log_ = std::move(*opened);
  if (Status accounts = open_accounts(); !accounts) return accounts;
  if (Status sso = open_sso(); !sso) return sso;
  if (settings_.demo) {
    auto imported = import_worked_example(*log_);
    if (!imported) return imported;
  }
  make_http_context();
  http_.open = true;
  return {};
}

/// After the log, which makes sure that no other process uses the directory.
Status Process::open_accounts() {
  auto accounts = access::Accounts::open(settings_.data_dir + "/accounts.sqlite", sessions_,
                                         accounts_options());
  if (!accounts) return forward_error(accounts.error());
  accounts_ = std::move(*accounts);
  return {};
}

access::AccountsOptions Process::accounts_options() const {
  access::AccountsOptions options;
  options.public_url = settings_.public_url.empty() ? own_url() : settings_.public_url;
  options.link_lifetimes = settings_.link_lifetimes;
  options.mail = settings_.mail;
  options.second_factor_roles = settings_.require_second_factor_for;
  options.on_warning = [](const Error& error) {
    log::write(log::Level::kWarn, "accounts.warning",
               {{"code", error.code}, {"message", error.message}});
  };
  return options;
}

/// Printed apart from the log, which holds no secrets.
void Process::offer_setup() {
  if (settings_.demo || settings_.bench || accounts_->directory().has_administrator()) return;
  auto link = accounts_->links().make_setup();
  if (!link)
    return log::write(log::Level::kError, "setup.failed", {{"message", link.error().message}});
  std::printf("To make the first administrator, open: %s\n", link->url.c_str());
  std::fflush(stdout);
}

Status Process::open_sso() {
  access::OidcOptions options;
  options.providers = settings_.sso;
  options.public_url = settings_.public_url.empty() ? own_url() : settings_.public_url;
  options.behind_tls = settings_.behind_tls_proxy;
  options.on_problem = [](const std::string& provider, const Error& error) {
    log::write(log::Level::kWarn, "sso.problem",
               {{"provider", provider}, {"code", error.code}, {"message", error.message}});
  };
  auto opened = access::SingleSignOn::open(std::move(options));
  if (!opened) return forward_error(opened.error());
  sso_ = std::move(*opened);
  return {};
}

void Process::tidy_later() {
  loops_[0]->after_ms(kTidyEveryMs, [this] {
    account_work_.run([this] { accounts_->tidy(); });
    tidy_later();
  });
}

void Process::send_mail_later() {
  loops_[0]->after_ms(kMailEveryMs, [this] {
    // One round at a time: a slow mail server holds up mail, nothing else.
    if (!mailing_.exchange(true))
      mail_work_.run([this] {
        accounts_->send_mail();
        mailing_ = false;
      });
    send_mail_later();
  });
}

void Process::make_loops() {
  unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  unsigned count =
      settings_.io_threads != 0 ? settings_.io_threads : std::min(cores, kIoThreadsMax);
  for (unsigned i = 0; i < count; ++i) loops_.push_back(std::make_unique<EventLoop>(i));
}

void Process::make_http_context() {
  auto run_blocking = [this](std::function<void()> task) { blocking_.run(std::move(task)); };
  room::RegistryOptions rooms;
  rooms.log = log_.get();
  rooms.clock = &clock_;
  for (auto& loop : loops_) rooms.executors.push_back(loop.get());
  rooms.run_blocking = run_blocking;
  rooms.name_of = [this](const PersonId& person) -> std::optional<std::string> {
    auto known = accounts_->directory().known(person);
    return known ? std::optional(std::move(known->name)) : std::nullopt;
  };
  registry_ = std::make_unique<room::RoomRegistry>(std::move(rooms));

  api::ApiOptions& api = http_.api_options;
  api.registry = registry_.get();
  api.log = log_.get();
  api.demo = settings_.demo;
  api.accounts = accounts_.get();
  api.directory = &accounts_->directory();
  api.sessions = &sessions_;
  api.run_blocking = run_blocking;
  api.run_accounts = [this](std::function<void()> task) {
    return account_work_.try_run(std::move(task), limits::kAccountCallsMax);
  };
  api.sso = sso_.get();
  api.run_sso = [this](std::function<void()> task) { sso_work_.run(std::move(task)); };
  api_ = std::make_unique<api::Api>(api);

  http_.sessions = &sessions_;
  http_.tokens = &accounts_->tokens();
  http_.api = api_.get();
  http_.bench = settings_.bench;
  http_.doors.registry = registry_.get();
  http_.doors.clock = &clock_;
  http_.doors.identify = [this](std::string_view token) -> std::optional<room::SignedIn> {
    if (auto made = accounts_->tokens().find(token))
      return room::SignedIn{std::move(made->person), std::move(made->ends_ms), made->read_only,
                            std::move(made->plan)};
    auto session = sessions_.find(token);
    if (!session) return std::nullopt;
    return room::SignedIn{std::move(session->person), std::move(session->ends_ms), false, {}};
  };
  http_.loop_of = [this](const PlanId& plan) -> EventLoop& {
    return *loops_[registry_->executor_index(plan)];
  };
}

std::string Process::own_url() const {
  bool v6 = settings_.listen_address.find(':') != std::string::npos;
  std::string host = v6 ? '[' + settings_.listen_address + ']' : settings_.listen_address;
  return "http://" + host + ":" + std::to_string(listener_->port());
}

Status Process::listen() {
  auto status =
      listener_->start([this](int fd, std::string peer) { accepted(fd, std::move(peer)); });
  if (!status) return status;
  log::write(log::Level::kInfo, "listening",
             {{"url", own_url()},
              {"port", listener_->port()},
              {"threads", loops_.size()},
              {"demo", settings_.demo},
              {"bench", settings_.bench},
              {"data", settings_.data_dir}});
  return {};
}

void Process::accepted(int fd, std::string peer) {
  auto& count = connections_;
  std::shared_ptr<void> slot(nullptr, [&count](void*) { --count; });
  EventLoop& loop = *loops_[next_loop_];
  next_loop_ = (next_loop_ + 1) % loops_.size();
  if (++count > limits::kConnectionsMax) {
    ::close(fd);
    log::write(log::Level::kWarn, "connection.refused", {{"peer", peer}, {"why", "too many"}});
    return;
  }
  loop.post([this, &loop, fd, peer = std::move(peer), slot = std::move(slot)]() mutable {
    serve_http(loop, http_, fd, std::move(peer), std::move(slot));
  });
}

void Process::request_stop(int exit_code) {
  if (!stop_requested_.exchange(true)) stop_reason_.set_value(exit_code);
}

void Process::stop_on_signals() {
  signals_ = std::make_unique<boost::asio::signal_set>(loops_[0]->context(), SIGTERM, SIGINT);
  signals_->async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    log::write(log::Level::kInfo, "stopping", {{"signal", number}});
    request_stop(0);
  });
}

int Process::run() {
  stop_on_signals();
  for (auto& loop : loops_) loop->start();
  auto status = listen();
  if (status) status = open_data();
  if (status) {
    loops_[0]->post([this] {
      tidy_later();
      send_mail_later();
    });
    log::write(log::Level::kInfo, "ready", {{"data", settings_.data_dir}});
    offer_setup();
  } else {
    std::fprintf(stderr, "footprint: %s\n", status.error().message.c_str());
    request_stop(1);
  }
  int exit_code = stop_reason_.get_future().get();
  shut_down();
  log::write(log::Level::kInfo, "stopped", {{"exit_code", exit_code}});
  return exit_code;
}

void Process::shut_down() {
  auto until = steady_clock::now() + milliseconds(settings_.shutdown_timeout_ms);
  http_.stopping = true;
  listener_->stop();
  if (sso_) sso_->stop();
  if (accounts_) accounts_->stop();
  for (auto& loop : loops_) {
    loop->post([&loop] { loop->expect_restart(); });
  }
  if (registry_) shut_down_rooms(until);
  // Those that no room has closed, having none yet.
  for (auto& loop : loops_) {
    loop->post([&loop] { loop->restart_sockets(); });
  }
  wait_for_sockets(until);
  for (auto& loop : loops_) loop->stop_and_join();
  blocking_.stop();
  account_work_.stop();
  mail_work_.stop();
  sso_work_.stop();
  if (accounts_) accounts_->tidy();
  if (log_) log_->close();
  signals_.reset();
  listener_.reset();
  for (auto& loop : loops_) loop->discard();
  api_.reset();
  registry_.reset();
  log_.reset();
}

void Process::shut_down_rooms(steady_clock::time_point until) {
  auto rooms_done = std::make_shared<std::promise<void>>();
  auto rooms = rooms_done->get_future();
  registry_->shut_down([rooms_done] { rooms_done->set_value(); });
  if (rooms.wait_until(until) != std::future_status::ready) {
    log::write(log::Level::kWarn, "stopping.rooms_late");
  }
}

void Process::wait_for_sockets(steady_clock::time_point until) {
  constexpr milliseconds kStep{10};
  auto open_sockets = [this] {
    std::size_t open = http_.requests_under_way;
    for (auto& loop : loops_) open += loop->socket_count();
    return open;
  };
  while (open_sockets() != 0 && steady_clock::now() < until) std::this_thread::sleep_for(kStep);
}

}  // namespace

int run_server(const ServerSettings& settings) {
  auto complain = [](const Error& error) {
    std::fprintf(stderr, "footprint: %s\n", error.message.c_str());
    return 1;
  };
  if (sodium_init() < 0) {
    return complain({ErrorKind::kIo, "sodium", "The cryptographic library does not start."});
  }
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a failed write like a full disk
  auto logging = log::start(settings.log_level);
  if (!logging) return complain(logging.error());
  int exit_code = 1;
  {
    Process process(settings);
    auto opened = process.open();
    exit_code = opened ? process.run() : complain(opened.error());
  }
  log::stop();
  return exit_code;
}

}  // namespace footprint::net
