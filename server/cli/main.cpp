// `footprint serve|import|export|verify`: reads the command line and hands on.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "net/server.hpp"

namespace {

using namespace footprint;

/// Where CLI11 puts what it reads; must live until the command runs.
struct CommandLine {
  std::string config;
  std::map<std::string, std::string> texts;
  std::map<std::string, std::vector<std::string>> lists;
  cli::ImportArguments import_arguments;
  cli::ExportArguments export_arguments;
  cli::VerifyArguments verify_arguments;
};

CLI::App* add_serve(CLI::App& app, CommandLine& line) {
  CLI::App* serve = app.add_subcommand("serve", "Serve the plans of a data directory to browsers.");
  serve->add_option("--config", line.config, "settings file (TOML); flags win over it")
      ->type_name("FILE");
  for (const cli::SettingInfo& info : cli::all_settings()) {
    const std::string flag = cli::flag_of(info.name);
    const std::string help = info.help + " (" + info.allowed + ")";
    if (info.is_switch) {
      serve->add_flag(flag, info.help);
    } else if (info.is_list) {
      serve->add_option(flag, line.lists[info.name], help)->type_name("ORIGIN");
    } else {
      serve->add_option(flag, line.texts[info.name], help)->type_name("VALUE");
    }
  }
  serve->footer(
      "The settings file has the same names with _ for -, for example:\n"
      "  listen = \"127.0.0.1:8080\"\n  data = \"/var/lib/footprint\"\n  web = "
      "\"/usr/share/footprint/web\"");
  return serve;
}

CLI::App* add_import(CLI::App& app, cli::ImportArguments& arguments) {
  CLI::App* command = app.add_subcommand("import", "Make a plan from a plan file.");
  command->add_option("--data", arguments.data_dir, "data directory; made when there is none")
      ->required()
      ->type_name("DIR");
  auto* file = command->add_option("FILE", arguments.file, "a plan file, as export writes it");
  auto* example = command->add_flag("--worked-example", arguments.worked_example,
                                    "the example plan that is built in");
  file->excludes(example);
  return command;
}

CLI::App* add_export(CLI::App& app, cli::ExportArguments& arguments) {
  CLI::App* command =
      app.add_subcommand("export", "Write a plan, with its text and figures, to a plan file.");
  command->add_option("--data", arguments.data_dir, "data directory that no server uses")
      ->required()
      ->type_name("DIR");
  command->add_option("--plan", arguments.plan, "id of the plan")->required()->type_name("PLAN");
  command->add_option("--out", arguments.out, "where to write; - is standard output")
      ->required()
      ->type_name("FILE");
  return command;
}

CLI::App* add_verify(CLI::App& app, cli::VerifyArguments& arguments) {
  CLI::App* command = app.add_subcommand("verify",
                                         "Check every stored event of every plan. Changes nothing. "
                                         "Exit code 0: sound, 2: damage found.");
  command->add_option("--data", arguments.data_dir, "data directory that no server uses")
      ->required()
      ->type_name("DIR");
  command->add_option("--plan", arguments.plan, "only this plan")->type_name("PLAN");
  return command;
}

int run_serve(const CLI::App& serve, const CommandLine& line) {
  cli::SettingValues flags, file;
  for (const cli::SettingInfo& info : cli::all_settings()) {
    const std::string flag = cli::flag_of(info.name);
    if (serve.count(flag) == 0) continue;
    cli::SettingValue value = true;
    if (info.is_list) value = line.lists.at(info.name);
    if (!info.is_switch && !info.is_list) value = line.texts.at(info.name);
    flags[info.name] = {std::move(value), flag};
  }
  Result<cli::SettingValues> read = cli::SettingValues{};
  if (!line.config.empty()) read = cli::read_settings_file(line.config);
  Result<net::ServerSettings> settings =
      read ? cli::make_settings(*read, flags)
           : Result<net::ServerSettings>(forward_error(read.error()));
  if (settings && !line.config.empty()) {
    auto sso = cli::read_sso_settings(line.config);
    if (sso)
      settings->sso = std::move(*sso);
    else
      settings = forward_error(sso.error());
  }
  if (!settings) {
    std::cerr << "footprint: " << settings.error().message << "\n";
    return cli::kFailed;
  }
  return net::run_server(*settings);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Footprint: the organisations of an area write one plan together.", "footprint");
  app.require_subcommand(1);
  CommandLine line;
  const CLI::App* serve = add_serve(app, line);
  const CLI::App* import = add_import(app, line.import_arguments);
  const CLI::App* exporting = add_export(app, line.export_arguments);
  const CLI::App* verify = add_verify(app, line.verify_arguments);
  try {
    app.parse(argc, argv);
    if (import->parsed() && line.import_arguments.file.empty() &&
        !line.import_arguments.worked_example) {
      throw CLI::RequiredError("FILE or --worked-example");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }
  if (serve->parsed()) return run_serve(*serve, line);
  if (import->parsed()) return cli::run_import(line.import_arguments);
  if (exporting->parsed()) return cli::run_export(line.export_arguments);
  return verify->parsed() ? cli::run_verify(line.verify_arguments) : cli::kFailed;
}
